import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { FeedSummary, Poll } from "../../ingest/feeds/poller.js";
import { createTagger, openPublisher, readCompanies, readSymbolList } from "../../ingest/index.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import { openContext, say } from "../context.js";
import { exitCodes, secondInterrupt, withExitCodes } from "../exit-codes.js";
import { withJson, writeJson } from "../output.js";

interface FeedOptions {
  once?: boolean;
  interval: number;
  from?: string;
  symbols?: string;
  companies?: string;
  allowPrivate?: boolean;
  json?: boolean;
}

export function feedCommand(): Command {
  return withExitCodes(
    withJson(
      new Command("feed"),
      "{feeds: [{feed, polls, unchanged, failed, waiting, items, published, withoutSymbols, repeated, refused, failure}]}",
    ),
    {
      done: "every feed was read at its last poll",
      failed: "none was, or publishing failed",
      partly: "some feeds were not read",
      interrupted: secondInterrupt,
    },
  )
    .description("Poll RSS and Atom feeds, to news.raw.")
    .argument("[url...]", "addresses of feeds")
    .option("--from <file>", "a file of addresses, one a line; # begins a comment")
    .option("--once", "ask each feed once and end; without it, until interrupted")
    .option("--interval <time>", "between two polls of a feed, e.g. 30s, 5m, 1h", duration, 300_000)
    .option("--symbols <file>", "symbols let in, one a line, or `any`; default: the symbols of the bundled models")
    .option(
      "--companies <file>",
      "names by which articles are tagged: CSV symbol,name,aliases; default: the bundled list",
    )
    .option("--allow-private", "also ask servers in private networks and on this machine")
    .addHelpText(
      "after",
      "\nExample:\n  newstape ingest feed https://www.sec.gov/news/pressreleases.rss --interval 10m",
    )
    .action(poll);
}

async function poll(given: string[], options: FeedOptions): Promise<void> {
  const urls = addresses(given, options.from);
  const companies = readCompanies(options.companies);
  const symbols = options.companies !== undefined && options.symbols === undefined ? "any" : options.symbols;
  const context = await openContext({ patient: true });
  const publisher = await openPublisher(context.config, context.kafka);
  const interrupt = new AbortController();
  const stop = (): void => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort(new Error("interrupted"));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  // Loaded here: no other command needs the XML parser.
  const { pollFeeds } = await import("../../ingest/feeds/poller.js");
  let feeds: FeedSummary[];
  try {
    feeds = await pollFeeds({
      urls,
      tagger: createTagger(companies),
      symbols: readSymbolList(symbols),
      send: (news) => publisher.publish({ news }),
      stateDirectory: join(context.config.dataDirectory, "feeds"),
      schedule: { interval: options.interval, random: Math.random },
      once: options.once === true,
      allowPrivate: options.allowPrivate === true,
      now: Date.now,
      signal: interrupt.signal,
      onPoll: (result) => options.json || say(`${new Date().toISOString()} ${lineOf(result)}`),
    });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await publisher.close();
    await context.close();
  }
  report(feeds, options);
}

function lineOf(poll: Poll): string {
  switch (poll.outcome) {
    case "read": {
      const { items, published, withoutSymbols, repeated, refused } = poll.counts;
      return `${poll.feed}: ${items} items, ${published} published (${withoutSymbols} without a known symbol), ${repeated} seen before, ${refused} refused`;
    }
    case "unchanged":
      return `${poll.feed}: unchanged`;
    case "waiting":
      return `${poll.feed}: not asked before ${new Date(poll.until).toISOString()}`;
    case "failed":
      return `${poll.feed}: ${poll.reason}${poll.isPermanent ? "; it is not asked again" : ""}`;
  }
}

function report(feeds: readonly FeedSummary[], options: FeedOptions): void {
  if (options.json) writeJson({ feeds });
  const sum = (name: "polls" | "published" | "withoutSymbols" | "repeated" | "refused" | "unchanged"): number =>
    feeds.reduce((total, feed) => total + feed[name], 0);
  const failing = feeds.filter(({ failure }) => failure !== undefined);
  say(
    `${feeds.length} feeds, ${sum("polls")} polls (${sum("unchanged")} unchanged): ${sum("published")} articles published (${sum("withoutSymbols")} without a known symbol), ${sum("repeated")} seen before, ${sum("refused")} refused`,
  );
  for (const { feed, failure } of failing) say(`  ${feed}: ${failure ?? ""}`);
  if (failing.length > 0) process.exitCode = failing.length === feeds.length ? exitCodes.failed : exitCodes.partly;
}

function addresses(given: readonly string[], file: string | undefined): string[] {
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

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function duration(text: string): number {
  const match = /^(\d{1,5})(s|m|h)$/.exec(text.trim());
  const milliseconds = Number(match?.[1]) * (units[match?.[2] ?? ""] ?? NaN);
  if (milliseconds >= 1_000) return milliseconds;
  throw new InvalidArgumentError("Give a time of at least one second, like 30s, 5m or 1h.");
}
