import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { InvalidArgumentError } from "commander";
import type { FeedSummary, PollOptions } from "../ingest/feeds/poller.js";
import { messageOf, UserError } from "../runtime/errors.js";

/** The addresses of the command line and of a file, one a line. @throws UserError */
export function feedAddresses(given: readonly string[], file: string | undefined): string[] {
  let listed: string[] = [];
  if (file !== undefined) {
    try {
      listed = readFileSync(file, "utf8").split(/\r?\n/);
    } catch (error) {
      throw new UserError(
        `The list of feeds cannot be read: ${messageOf(error)}`,
        "Give --from a file with one address a line.",
      );
    }
  }
  const urls = [
    ...given,
    ...listed.map((line) => line.replace(/(?:^|\s)#.*/, "").trim()).filter((line) => line !== ""),
  ];
  for (const url of urls) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new UserError(
        `${JSON.stringify(url)} is no http or https address`,
        "Give the full address, like https://example.com/news.rss.",
      );
    }
  }
  if (urls.length === 0)
    throw new UserError("No feed is given", "Name addresses of feeds, or a file of them with --from.");
  return urls;
}

/** Headers that belong to the connection or that the reader sets to be able to read the answer. */
const ownHeaders =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|if-none-match|if-modified-since)$/i;

/**
 * Collects `Name: value`. The value may be a key, so no message has it: hence no InvalidArgumentError, which shows what was given.
 *
 * @throws UserError
 */
export function header(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, given = "", value = ""] = /^([^:]*):\s*(.*?)\s*$/s.exec(text) ?? [];
  const name = given.trim();
  if (name === "" || value === "")
    throw new UserError("A --header has no name or no value", 'Write it like "X-Api-Key: abc".');
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new UserError(
      "The name or value of a --header has characters that none may have",
      'Write it like "X-Api-Key: abc", in ASCII and on one line.',
    );
  }
  if (ownHeaders.test(name)) throw new UserError(`The header ${name} is set by the reader itself`, "Leave it out.");
  return { ...before, [name]: value };
}

export function userAgent(text: string): string {
  try {
    validateHeaderValue("user-agent", text);
  } catch {
    throw new InvalidArgumentError("It has characters that no header may have.");
  }
  if (text.trim() === "") throw new InvalidArgumentError('Write it like "Your Name you@example.com".');
  return text.trim();
}

/** A file of refused items, one JSON object a line; without a path they are not kept. @throws UserError */
export function openRefusals(path: string | undefined): {
  readonly write: NonNullable<PollOptions["onRefused"]>;
  readonly close: () => void;
} {
  if (path === undefined) return { write: () => undefined, close: () => undefined };
  let file: number;
  try {
    file = openSync(path, "w");
  } catch (error) {
    throw new UserError(`The rejects file cannot be written: ${messageOf(error)}`, "Name another file.");
  }
  return {
    write: (refusal) => void writeSync(file, `${JSON.stringify(refusal)}\n`),
    close: () => closeSync(file),
  };
}

/** Refusals of all feeds: code, count and remedy, then the first three of each. */
export function refusalTable(feeds: readonly Pick<FeedSummary, "feed" | "refusals">[]): string[] {
  return feeds.flatMap(({ feed, refusals }) =>
    refusals.flatMap(({ code, count, first, remedy }) => [
      `  ${code} ${count}  ${feed}`,
      ...first.map(
        ({ item, reason, original }) => `    item ${item}: ${reason}${original === "" ? "" : ` (${shown(original)})`}`,
      ),
      `    -> ${remedy}`,
    ]),
  );
}

/** What a feed wrote, without what a terminal would obey. */
const shown = (text: string): string => JSON.stringify(text.slice(0, 80)).replace(/[\u007f-\u009f]/g, "?");
