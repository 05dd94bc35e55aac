import { reach, type ExchangeCalendar } from "../../operators/calendar/calendar.js";
import { findCalendar } from "../../operators/calendar/calendars.js";
import { dayMs, parseDay } from "../../operators/calendar/dates.js";
import type { Bar, Origin } from "../../schemas/generated/types.js";
import { barId } from "./bar-id.js";
import { corporateActions, type CloseBefore } from "./corporate-actions.js";
import { isMissing, price, shown, volume, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { Refusal } from "./outcome.js";
import { oneSymbol } from "./symbols.js";
import { refuseFuture, time } from "./times.js";
import type { Universe } from "./universe/index.js";

export interface BarOptions {
  readonly symbols: Universe;
  /** Name of the calendar of a symbol's exchange. */
  readonly calendarOf: (symbol: string) => string;
  /** Interval of bars with a `time` that name none, e.g. `1m`. */
  readonly interval?: string | undefined;
  readonly origin: Origin;
}

/**
 * A bar from `symbol`, `open`, `high`, `low`, `close`, `volume`, optionally `adj_close` or `split` and `dividend`, and
 * either `date` (a daily bar, which ends with that date's session) or `time` (its **close**) and `interval`.
 *
 * @param now the clock, ms since 1970
 * @param closeBefore where a dividend finds the price that it is taken from; default: nowhere
 * @throws Refusal
 */
export function parseBar(
  fields: Fields,
  options: BarOptions,
  now: number,
  closeBefore: CloseBefore = () => undefined,
): Bar {
  const symbol = oneSymbol(fields, options.symbols);
  const calendar = calendarOf(symbol, options);
  const { interval, eventTime } = barTime(fields, calendar, options);
  refuseFuture("the bar's close", eventTime, now);
  const prices = barPrices(fields);
  const traded = volume(fields, "volume");
  const content = {
    symbol,
    interval,
    eventTime,
    ...prices,
    volume: traded,
    ...corporateActions(fields, prices.close, () => closeBefore(symbol, interval, eventTime)),
  };
  return {
    id: barId(content),
    ...content,
    availableAt: options.origin === "live" ? Math.max(now, eventTime) : eventTime,
    origin: options.origin,
    confirmed: false,
    calendar: calendar.name,
  };
}

function calendarOf(symbol: string, options: BarOptions): ExchangeCalendar {
  const name = options.calendarOf(symbol);
  const calendar = findCalendar(name);
  if (calendar !== undefined) return calendar;
  throw new Refusal("UNKNOWN_CALENDAR", `the exchange of ${symbol} is ${name}, and no calendar is named so`);
}

const intervalForm = /^[1-9]\d{0,3}(?:s|m|h|d)$/;

function barTime(
  fields: Fields,
  calendar: ExchangeCalendar,
  { interval: fallback }: BarOptions,
): { interval: string; eventTime: number } {
  const dated = !isMissing(fields["date"]);
  if (!dated && isMissing(fields["time"])) throw new Refusal("MISSING_FIELD", "date and time are both missing");
  const given = fields["interval"];
  const interval = isMissing(given) ? (dated ? "1d" : fallback) : given;
  if (interval === undefined) throw new Refusal("MISSING_FIELD", "a bar with a time needs an interval, e.g. 1m");
  if (typeof interval !== "string" || !intervalForm.test(interval)) {
    throw new Refusal("INVALID_FIELD", `interval is ${shown(interval)}, not like 1m, 1h or 1d`);
  }
  if (dated) {
    if (interval !== "1d") throw new Refusal("INVALID_FIELD", `a bar of ${interval} needs a time, not a date`);
    return { interval, eventTime: sessionClose(fields["date"], calendar) };
  }
  const eventTime = time(fields, "time");
  refuseBeyond(calendar, eventTime, shown(fields["time"]));
  // The moment before the close: a session that ends at midnight belongs to the day it ends.
  const date = calendar.dateOf(eventTime - 1);
  const session = calendar.session(date);
  if (session === undefined) throw new Refusal("INVALID_TIME", closed(calendar, date));
  if (interval === "1d" && eventTime !== session.close) {
    throw new Refusal("INVALID_TIME", "the time of a daily bar is not the close of its session; give its date instead");
  }
  return { interval, eventTime };
}

function sessionClose(date: unknown, calendar: ExchangeCalendar): number {
  const day = typeof date === "string" ? parseDay(date.trim()) : undefined;
  if (typeof date !== "string" || day === undefined) {
    throw new Refusal("INVALID_TIME", `date ${shown(date)} is no day like 2015-09-30`);
  }
  const session = calendar.session(date.trim());
  if (session !== undefined) return session.close;
  refuseBeyond(calendar, day * dayMs, shown(date));
  throw new Refusal("INVALID_TIME", closed(calendar, date.trim()));
}

/** Of days that the calendar does not know it cannot say whether the exchange was open. */
function refuseBeyond(calendar: ExchangeCalendar, time: number, given: string): void {
  if (calendar.covers(time)) return;
  throw new Refusal("BEYOND_CALENDAR", `${given} lies beyond what is known: ${reach(calendar)}`);
}

const closed = ({ name, timeZone }: ExchangeCalendar, date: string): string =>
  `${name} was closed on ${date} (a date in ${timeZone})`;

interface Prices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Prices that agree with each other; contradictions within rounding are mended, so that low ≤ open, close ≤ high holds. */
function barPrices(fields: Fields): Prices {
  const open = price(fields, "open");
  const high = price(fields, "high");
  const low = price(fields, "low");
  const close = price(fields, "close");
  const top = Math.max(open, close, low);
  const bottom = Math.min(open, close, high);
  if (high < top * (1 - limits.priceTolerance) || low > bottom * (1 + limits.priceTolerance)) {
    throw new Refusal(
      "INVALID_PRICE",
      `open ${open}, high ${high}, low ${low} and close ${close} contradict each other`,
    );
  }
  return { open, high: Math.max(high, open, close), low: Math.min(low, open, close), close };
}
