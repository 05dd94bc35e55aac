import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { FeedSummary, Poll, PollOptions } from "../../ingest/feeds/poller.js";
import { createTagger, openPublisher, readCompanies, readSymbolList } from "../../ingest/index.js";
import { openContext, say } from "../context.js";
import { exitCodes, secondInterrupt, withExitCodes } from "../exit-codes.js";
import { withJson, writeJson } from "../output.js";
import { feedAddresses, header, openRefusals, refusalTable, userAgent } from "../feed-options.js";

interface FeedOptions {
  once?: boolean;
  interval: number;
  from?: string;
  symbols?: string;
  companies?: string;
  userAgent?: string;
  header?: Record<string, string>;
  history: PollOptions["history"];
  undated: NonNullable<PollOptions["undated"]>;
  rejects?: string;
  allowPrivate?: boolean;
  json?: boolean;
}

export function feedCommand(): Command {
  return withExitCodes(
    withJson(
      new Command("feed"),
      "{feeds: [{feed, polls, unchanged, failed, waiting, items, published, withoutSymbols, undated, history, repeated, refused, tooOld, unknownSymbols, refusals: [{code, count, first, remedy}], failure}]}",
    ),
    {
      done: "every feed was read at its last poll, and no item was refused",
      failed: "none was, or publishing failed",
      partly: "some feeds were not read, or items were refused",
      interrupted: secondInterrupt,
    },
  )
    .description("Poll RSS, Atom and JSON feeds, to news.raw.")
    .argument("[url...]", "addresses of feeds")
    .option("--from <file>", "a file of addresses, one a line; # begins a comment")
    .option("--once", "ask each feed once and end; without it, until interrupted")
    .option("--interval <time>", "between two polls of a feed, e.g. 30s, 5m, 1h", duration, 300_000)
    .option("--symbols <file>", "symbols let in, one a line, or `any`; default: the symbols of the bundled models")
    .option(
      "--companies <file>",
      "names by which articles are tagged: CSV symbol,name,aliases; default: the bundled list",
    )
    .option(
      "--user-agent <text>",
      'who asks, e.g. "Your Name you@example.com"; some servers refuse programs without a contact',
      userAgent,
    )
    .option(
      "--header <name: value>",
      "a further request header, several times if need be; no redirect to another host gets it",
      header,
    )
    .option(
      "--history <which>",
      "items of a feed's first poll that are older than a day: all, none, or up to an age like 7d",
      history,
      "all",
    )
    .option(
      "--undated <which>",
      "items without a date that can be read: new (not those of a first poll), all or none",
      undated,
      "new",
    )
    .option("--rejects <file>", "write all refused items there, one JSON object a line")
    .option("--allow-private", "also ask servers in private networks and on this machine")
    .addHelpText(
      "after",
      '\nExample:\n  newstape ingest feed https://www.sec.gov/news/pressreleases.rss --interval 10m --user-agent "Your Name you@example.com"',
    )
    .action(poll);
}

async function poll(given: string[], options: FeedOptions): Promise<void> {
  const urls = feedAddresses(given, options.from);
  const companies = readCompanies(options.companies);
  const symbols = options.companies !== undefined && options.symbols === undefined ? "any" : options.symbols;
  const refusals = openRefusals(options.rejects);
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
      userAgent: options.userAgent,
      headers: options.header,
      history: options.history,
      undated: options.undated,
      now: Date.now,
      signal: interrupt.signal,
      onPoll: (result) => options.json || say(`${new Date().toISOString()} ${lineOf(result)}`),
      onRefused: refusals.write,
    });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    refusals.close();
    await publisher.close();
    await context.close();
  }
  report(feeds, options);
}

function lineOf(poll: Poll): string {
  switch (poll.outcome) {
    case "read":
      return `${poll.feed}: ${poll.counts.items} items, ${countsOf(poll.counts)}`;
    case "unchanged":
      return `${poll.feed}: unchanged`;
    case "waiting":
      return `${poll.feed}: not asked before ${new Date(poll.until).toISOString()}`;
    case "failed":
      return `${poll.feed}: ${poll.reason}${poll.isPermanent ? "; it is not asked again" : ""}`;
  }
}

type Counts = Pick<
  FeedSummary,
  "published" | "withoutSymbols" | "undated" | "history" | "repeated" | "refused" | "tooOld" | "unknownSymbols"
>;

/** Counts in words; those that are mostly 0 are named where they are not. */
function countsOf(counts: Counts): string {
  const { published, withoutSymbols, undated, history, repeated, refused, tooOld, unknownSymbols } = counts;
  const of = [
    `${withoutSymbols} without a known symbol`,
    ...(history > 0 ? [`${history} older than a day`] : []),
    ...(undated > 0 ? [`${undated} without a date, as of now`] : []),
  ];
  return [
    `${published} articles published (${of.join(", ")})`,
    `${repeated} seen before`,
    ...(tooOld > 0 ? [`${tooOld} too old`] : []),
    `${refused} refused`,
    ...(unknownSymbols > 0 ? [`${unknownSymbols} unknown symbols of the feed left out`] : []),
  ].join(", ");
}

function report(feeds: readonly FeedSummary[], options: FeedOptions): void {
  if (options.json) writeJson({ feeds });
  const sum = (name: keyof Counts | "polls" | "unchanged"): number =>
    feeds.reduce((total, feed) => total + feed[name], 0);
  const names = [
    "published",
    "withoutSymbols",
    "undated",
    "history",
    "repeated",
    "refused",
    "tooOld",
    "unknownSymbols",
  ] as const;
  const sums = Object.fromEntries(names.map((name) => [name, sum(name)])) as Record<keyof Counts, number>;
  const failing = feeds.filter(({ failure }) => failure !== undefined);
  say(`${feeds.length} feeds, ${sum("polls")} polls (${sum("unchanged")} unchanged): ${countsOf(sums)}`);
  for (const line of refusalTable(feeds)) say(line);
  for (const { feed, failure } of failing) say(`  ${feed}: ${failure ?? ""}`);
  if (failing.length > 0 || sums.refused > 0)
    process.exitCode = failing.length === feeds.length ? exitCodes.failed : exitCodes.partly;
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function milliseconds(text: string): number {
  const match = /^(\d{1,5})(s|m|h|d)$/.exec(text.trim());
  return Number(match?.[1]) * (units[match?.[2] ?? ""] ?? NaN);
}

function duration(text: string): number {
  const time = milliseconds(text);
  if (time >= 1_000 && !text.includes("d")) return time;
  throw new InvalidArgumentError("Give a time of at least one second, like 30s, 5m or 1h.");
}

function history(text: string): PollOptions["history"] {
  if (text === "all" || text === "none") return text;
  const age = milliseconds(text);
  if (age >= 0) return age;
  throw new InvalidArgumentError("Give all, none, or an age like 12h or 7d.");
}

function undated(text: string): FeedOptions["undated"] {
  if (text === "new" || text === "all" || text === "none") return text;
  throw new InvalidArgumentError("Give new, all or none.");
}
