import { Command, InvalidArgumentError, Option } from "commander";
import { defaultCalendar, reach, type ExchangeCalendar } from "../../../operators/calendar/calendar.js";
import { calendarNames, findCalendar } from "../../../operators/calendar/calendars.js";
import type { Origin } from "../../../schemas/generated/types.js";
import { deliver, type Delivery, type Pace } from "../../ingest/simulation/deliver.js";
import { drawCompanies, type SimulatedListing } from "../../ingest/simulation/companies.js";
import { openFiles, universeFile } from "../../ingest/simulation/files.js";
import { listingsOf, marketsOf, type SimulatedMarket } from "../../ingest/simulation/markets.js";
import { barsAhead } from "../../ingest/simulation/sessions.js";
import { defaultSimulationStart, simulateMinutes } from "../../ingest/simulation/simulate.js";
import { openPublisher, type Publisher } from "../../ingest/publisher.js";
import { parseTime } from "../../ingest/times.js";
import type { Listing } from "../../ingest/index.js";
import { UserError } from "../../runtime/errors.js";
import { openContext, say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { withJson, writeJson } from "../output.js";
import { chosenUniverse, withUniverseAlone, type UniverseOptions } from "../universe-option.js";

interface SimulateOptions extends Pick<UniverseOptions, "universe"> {
  symbols: number;
  minutes: number;
  interval: number;
  seed: string;
  start: number;
  calendar: string;
  newsPerMinute: number;
  splitsPerYear: number;
  missing: number;
  origin: Origin;
  accelerate?: number;
  burstEvery?: number;
  rate?: number;
  asFastAsPossible?: boolean;
  out?: string;
  listings?: readonly Listing[] | undefined;
  json?: boolean;
}

/** As commander hands them over. */
type GivenOptions = Omit<SimulateOptions, "symbols" | "listings"> & { symbols?: number };

const minuteMs = 60_000;
const mostSymbols = 99_999;

const universeHelp =
  "made-up prices and news for the symbols of this file; default: NEWSTAPE_UNIVERSE, else made-up symbols";
const shape =
  "{seed, symbols, interval, minutes, bars, articles, firstTime, lastTime, elapsed, largestDelay, interrupted}";
const ends = { interrupted: "interrupted: what was published by then stays" };

export function simulateCommand(): Command {
  const paces = { accelerate: "accelerate", every: "burstEvery", rate: "rate", unpaced: "asFastAsPossible" };
  const others = (name: string): string[] => Object.values(paces).filter((other) => other !== name);
  return withExitCodes(withJson(withUniverseAlone(new Command("simulate"), universeHelp), shape), ends)
    .description("Publish made-up news and bars of made-up companies, the same for the same seed.")
    .option("--symbols <count>", "number of symbols; default: all of the universe, else 88", whole(1, mostSymbols))
    .option(
      "--minutes <count>",
      "bars of each symbol; 390 are one session of one-minute bars",
      whole(1, 10_000_000),
      390,
    )
    .option("--interval <interval>", "of the bars: 1m, 2m, 3m, 5m, 6m, 10m, 15m or 30m", intervalMinutes, 1)
    .option("--seed <text>", "another seed gives other companies, prices and news", "1")
    .option(
      "--start <time>",
      "the first bar closes after it, e.g. 2016-01-04T14:00:00Z; default: the first session of 2016",
      startTime,
      defaultSimulationStart,
    )
    .option(
      "--calendar <name>",
      "of the sessions: XNYS, XLON, 24/7, … or one of your own; a symbol whose listing has an exchange keeps to that",
      defaultCalendar,
    )
    .option("--news-per-minute <count>", "articles a minute on average", decimal(0, 1_000_000), 0)
    .option("--splits-per-year <count>", "splits a symbol has in a year on average", decimal(0, 252), 0)
    .option("--missing <share>", "share of bars that are missing", decimal(0, 0.999), 0.001)
    .addOption(
      new Option("--origin <origin>", "either way a record is available at its event time")
        .choices(["live", "backfill"])
        .default("live"),
    )
    .addOption(
      new Option(
        "--accelerate <factor>",
        "simulated minutes a real minute; default 1, the exchange's closed hours are skipped",
      )
        .argParser(decimal(0.001, 1_000_000))
        .conflicts(others(paces.accelerate)),
    )
    .addOption(
      new Option("--burst-every <ms>", "send the next minute every so many milliseconds")
        .argParser(decimal(1, 86_400_000))
        .conflicts(others(paces.every)),
    )
    .addOption(
      new Option("--rate <records>", "records a second on average; a minute's bars are still sent as one burst")
        .argParser(decimal(0.001, 100_000_000))
        .conflicts(others(paces.rate)),
    )
    .addOption(
      new Option("--as-fast-as-possible", "wait for nothing but the broker's answer").conflicts(others(paces.unpaced)),
    )
    .option(
      "--out <directory>",
      "write bars.csv, news.jsonl and their universe.csv there instead of publishing; as fast as possible unless paced",
    )
    .action(simulate);
}

/** The listings that are simulated, with their number. */
function simulated(given: GivenOptions): SimulateOptions {
  const listings = chosenUniverse(given.universe === undefined ? {} : { universe: given.universe })?.listings;
  const symbols = given.symbols ?? listings?.length ?? 88;
  if (symbols <= mostSymbols) return { ...given, symbols, listings };
  throw new UserError(
    `the universe has ${number(symbols)} symbols, and at most ${number(mostSymbols)} are simulated`,
    `Give --symbols ${mostSymbols}: its first ones.`,
  );
}

async function simulate(given: GivenOptions): Promise<void> {
  const options = simulated(given);
  const calendar = calendarNamed(options);
  const companies = drawCompanies(options.seed, options.symbols, options.listings);
  const markets = marketsOf(companies, calendar);
  for (const market of markets) checkReach(market, options);
  const interrupt = new AbortController();
  const stop = (): void => {
    // The second time is for when the broker does not answer.
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort(new Error("interrupted"));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const sink = await openSink(options, () => listingsOf(companies, calendar));
  let delivery: Delivery;
  try {
    const minutes = simulateMinutes({
      ...options,
      calendar,
      stepMinutes: options.interval,
    });
    delivery = await deliver(minutes, {
      pace: paceOf(options),
      step: options.interval * minuteMs,
      send: (burst) => sink.publish(burst),
      signal: interrupt.signal,
      onMinute: progress(options, markets),
    });
  } finally {
    await sink.close();
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
  report(delivery, options, markets);
  if (delivery.interrupted) process.exitCode = exitCodes.interrupted;
}

/** In the action, not in the option's parser: calendars of one's own are known only then. */
function calendarNamed({ calendar: name }: SimulateOptions): ExchangeCalendar {
  const calendar = findCalendar(name);
  if (calendar !== undefined) return calendar;
  throw new UserError(`there is no calendar ${name}`, `Known are ${calendarNames().join(", ")}.`);
}

/** Before anything is sent: what begins must come to its end. */
function checkReach({ calendar }: SimulatedMarket, { start, minutes, interval }: SimulateOptions): void {
  if (!calendar.covers(start)) throw new UserError(reach(calendar), "Give a --start within.");
  const ahead = barsAhead(calendar, start, interval, minutes);
  if (ahead === minutes) return;
  throw new UserError(
    `${reach(calendar)}: after ${moment(start)} it has ${number(ahead)} bars of ${interval}m, and --minutes asks for ${number(minutes)}`,
    "Give an earlier --start, or fewer --minutes.",
  );
}

async function openSink(options: SimulateOptions, listings: () => SimulatedListing[]): Promise<Publisher> {
  if (options.out !== undefined) return openFiles(options.out, listings());
  const context = await openContext();
  const publisher = await openPublisher(context.config, context.kafka);
  return {
    publish: (burst) => publisher.publish(burst),
    async close() {
      await publisher.close();
      await context.close();
    },
  };
}

function paceOf({ accelerate, burstEvery, rate, asFastAsPossible, out }: SimulateOptions): Pace {
  if (burstEvery !== undefined) return { kind: "burst-every", milliseconds: burstEvery };
  if (rate !== undefined) return { kind: "rate", recordsPerSecond: rate };
  if (asFastAsPossible || (out !== undefined && accelerate === undefined)) return { kind: "unpaced" };
  return { kind: "accelerated", factor: accelerate ?? 1 };
}

const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 1 });
const moment = (time: number | undefined): string => (time === undefined ? "" : new Date(time).toISOString());

/** Exchanges that are open at different times have more minutes together than each has. */
const ofMinutes = ({ minutes }: SimulateOptions, markets: readonly SimulatedMarket[]): string =>
  markets.length > 1 ? "" : ` of ${number(minutes)}`;

function progress(options: SimulateOptions, markets: readonly SimulatedMarket[]): (delivery: Delivery) => void {
  let last = performance.now();
  return ({ minutes, bars, articles, lastTime }) => {
    if (performance.now() - last < 5_000) return;
    last = performance.now();
    say(
      `simulate: ${moment(lastTime)}, ${number(minutes)}${ofMinutes(options, markets)} minutes, ${number(bars)} bars, ${number(articles)} articles`,
    );
  };
}

function report(delivery: Delivery, options: SimulateOptions, markets: readonly SimulatedMarket[]): void {
  const { minutes, bars, articles, firstTime, lastTime, elapsed, largestDelay, interrupted } = delivery;
  if (options.json) {
    const summary = { seed: options.seed, symbols: options.symbols, interval: `${options.interval}m`, ...delivery };
    const times = { firstTime: moment(firstTime), lastTime: moment(lastTime) };
    writeJson({ ...summary, ...times });
    return;
  }
  if (interrupted) say(`interrupted after ${number(minutes)}${ofMinutes(options, markets)} minutes`);
  const rate = elapsed > 0 ? (bars + articles) / (elapsed / 1000) : 0;
  say(
    `${number(bars)} bars of ${number(options.symbols)} symbols and ${number(articles)} articles ${options.out ? `written to ${options.out}` : "published"} in ${number(elapsed / 1000)} s, ${number(rate)} records/s`,
  );
  if (options.out !== undefined) say(`ingest reads them with --universe ${universeFile(options.out)}`);
  if (firstTime !== undefined) say(`simulated time ${moment(firstTime)} to ${moment(lastTime)}, seed ${options.seed}`);
  if (largestDelay > 100)
    say(`a burst went out up to ${number(largestDelay)} ms late: the pace is more than the broker takes`);
}

function decimal(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a number from ${number(least)} to ${number(most)}.`);
  };
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = decimal(least, most)(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError("Give a whole number.");
  };
}

function intervalMinutes(text: string): number {
  const minutes = /^([1-9]\d?)m$/.exec(text)?.[1];
  if (minutes !== undefined && 30 % Number(minutes) === 0) return Number(minutes);
  throw new InvalidArgumentError("Give 1m, 2m, 3m, 5m, 6m, 10m, 15m or 30m: they divide full and half days alike.");
}

function startTime(text: string): number {
  const time = parseTime(text);
  if (time !== undefined) return time;
  throw new InvalidArgumentError("Give a time with its zone, like 2016-01-04T14:30:00Z.");
}
