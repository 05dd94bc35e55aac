import type { ExchangeCalendar } from "../../../operators/calendar/calendar.js";
import { nyse } from "../../../operators/calendar/nyse.js";
import type { Bar, Origin } from "../../../schemas/generated/types.js";
import { drawCompanies, type SimulatedListing } from "./companies.js";
import { HeadlineWriter } from "./headlines.js";
import { marketsOf, type SimulatedMarket } from "./markets.js";
import { mergeMinutes } from "./merge.js";
import type { SimulatedMinute } from "./minute.js";
import { type MarketMove, PricePath } from "./price-path.js";
import { volatilityProfile } from "./profile.js";
import { Random } from "./random.js";
import { type SessionMinute, sessionMinutes } from "./sessions.js";

/** How large the market is, and what happens in it. */
export interface SimulationOptions {
  /** Number of symbols, at least 1. */
  readonly symbols: number;
  /** The same seed gives the same records, bit for bit; default `1`. */
  readonly seed?: string | undefined;
  /** The first bar is the first that closes after this moment, ms since 1970; default the first session of 2016. */
  readonly start?: number | undefined;
  /** Bars of every symbol. */
  readonly minutes: number;
  /** Minutes of a bar, a divisor of 30; default 1. */
  readonly stepMinutes?: number | undefined;
  /** Articles a minute on average, while the exchange is open; of several each has its symbols' share. Default 0. */
  readonly newsPerMinute?: number | undefined;
  /** How far news leads prices, in standard deviations of a session for one article; default 0.25. */
  readonly newsStrength?: number | undefined;
  /** Share of bars that are missing; default 0.001. */
  readonly missing?: number | undefined;
  /** Splits a symbol has in a year on average; default 0. A price below 1 dollar is always followed by a reverse split. */
  readonly splitsPerYear?: number | undefined;
  /** Default `live`. `availableAt` is the event time with either, so that a run can be repeated. */
  readonly origin?: Origin | undefined;
  /** Symbols, names and exchanges of the first companies; default: made up, like `SIM00001`. */
  readonly listings?: readonly SimulatedListing[] | undefined;
  /** Of the symbols whose listing has no exchange of its own; default: the New York Stock Exchange. */
  readonly calendar?: ExchangeCalendar | undefined;
}

const defaultSeed = "1";
/** First session of 2016, before its open. */
export const defaultSimulationStart = Date.UTC(2016, 0, 4, 14, 0);
/** Volatility of the market as a whole, per year. */
const marketVolatility = 0.15;
const sessionsPerYear = 252;
const overnightShare = 0.2;

/**
 * Prices and news of made-up companies: a common market factor with a beta for each, volatility of their own with fat
 * tails, more volume and movement at the open and the close, gaps over night, the exchange's sessions and half days. An
 * article's leaning moves its companies' prices over the 20 minutes after it, much less than chance does.
 *
 * Pure: the options alone decide what comes out. A bar takes about 4 µs, its id included.
 *
 * Symbols of exchanges with other sessions are a market of their own beside: each with its own factor, news and `minutes` bars.
 *
 * @throws RangeError for options that make no sense, and at the end of what a calendar knows
 * @throws Error for a listing whose exchange has no calendar
 * @example
 * ```ts
 * import { simulateMinutes } from "newstape";
 *
 * const minutes = [...simulateMinutes({ symbols: 3, minutes: 2, missing: 0 })];
 * console.log(minutes.map(({ bars }) => bars.length).join(" ")); // 3 3
 * console.log(minutes[0]!.bars[0]!.interval, minutes[0]!.time === minutes[0]!.bars[0]!.eventTime); // 1m true
 * ```
 */
export function* simulateMinutes(options: SimulationOptions): Generator<SimulatedMinute, void, undefined> {
  check(options);
  const companies = drawCompanies(options.seed ?? defaultSeed, options.symbols, options.listings);
  const markets = marketsOf(companies, options.calendar ?? nyse);
  const [first, ...others] = markets.map((market) => marketMinutes(market, options));
  if (first === undefined) return;
  if (others.length === 0) return yield* first;
  const places = new Map(companies.map(({ symbol }, index) => [symbol, index]));
  yield* mergeMinutes([first, ...others], (symbol) => places.get(symbol) ?? 0);
}

function* marketMinutes(
  { calendar, name, companies }: SimulatedMarket,
  options: SimulationOptions,
): Generator<SimulatedMinute, void, undefined> {
  const { symbols, minutes, seed = defaultSeed, start = defaultSimulationStart, stepMinutes = 1 } = options;
  const { newsPerMinute = 0, newsStrength = 0.25, missing = 0.001, splitsPerYear = 0, origin = "live" } = options;
  const interval = `${stepMinutes}m`;
  const ofPath = { interval, origin, missing, splitsPerYear, calendar: calendar.name };
  const paths = companies.map((company) => new PricePath(seed, company, ofPath));
  const writer = new HeadlineWriter(seed, companies, origin, name);
  const market = new Random(seed, "market", ...(name === "" ? [] : [name]));
  const articles = newsPerMinute * stepMinutes * (companies.length / symbols);
  let made = 0;
  if (minutes === 0) return;
  for (const minute of sessionMinutes(calendar, start, stepMinutes)) {
    const move = marketMove(market, minute);
    const headlines = writer.write(minute.from, minute.time, articles);
    const bars: Bar[] = [];
    for (const path of paths) {
      const bar = path.step(minute, stepMinutes, move);
      if (bar !== undefined) bars.push(bar);
    }
    // Applied after the bar: what is published within a minute moves the next one, so that news leads.
    for (const { lean, companies: places } of headlines) {
      for (const place of places) paths[place]?.react(lean, newsStrength);
    }
    yield { time: minute.time, bars, articles: headlines.map(({ article }) => article) };
    made += 1;
    if (made >= minutes) return;
  }
}

function marketMove(random: Random, minute: SessionMinute): MarketMove {
  const perSession = marketVolatility / Math.sqrt(sessionsPerYear);
  const deviation = perSession * Math.sqrt((1 - overnightShare) / minute.barsInSession);
  const gap = minute.opens ? perSession * Math.sqrt(overnightShare) * random.normal() : 0;
  return { gap, move: deviation * volatilityProfile(minute.phase) * random.normal() };
}

function check({ symbols, minutes, stepMinutes = 1, start = 0, ...rest }: SimulationOptions): void {
  const require = (fits: boolean, what: string): void => {
    if (!fits) throw new RangeError(what);
  };
  require(Number.isInteger(symbols) &&
    symbols >= 1 &&
    symbols <= 99_999, "symbols must be a whole number from 1 to 99,999");
  require(Number.isInteger(minutes) && minutes >= 0, "minutes must be a whole number of at least 0");
  require(Number.isInteger(stepMinutes) && stepMinutes >= 1 && 30 % stepMinutes === 0, "stepMinutes must divide 30");
  require(Number.isSafeInteger(start), "start must be whole milliseconds since 1970");
  const { newsPerMinute = 0, newsStrength = 0, missing = 0, splitsPerYear = 0 } = rest;
  require(newsPerMinute >= 0 && newsPerMinute <= 1e6, "newsPerMinute must lie between 0 and 1,000,000");
  require(newsStrength >= 0 && newsStrength <= 10, "newsStrength must lie between 0 and 10");
  require(missing >= 0 && missing < 1, "missing must lie between 0 and 1");
  require(splitsPerYear >= 0 && splitsPerYear <= 252, "splitsPerYear must lie between 0 and 252");
}
