import type { ExchangeCalendar } from "../../operators/calendar/calendar.js";
import { findCalendar } from "../../operators/calendar/calendars.js";
import type { Bar, Origin } from "../../schemas/generated/types.js";
import { barId } from "./bar-id.js";
import { barTime, type BarTime, type BarTimeOptions } from "./bar-time.js";
import { corporateActions, type Adjusted } from "./corporate-actions.js";
import { price, volume, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { Refusal } from "./outcome.js";
import type { BarBefore, SeriesBar, Witness } from "./series.js";
import { sessionDate } from "./session-ends.js";
import { oneSymbol } from "./symbols.js";
import { refuseFuture } from "./times.js";
import type { SymbolNote, Universe } from "./universe/index.js";

export interface BarOptions extends BarTimeOptions {
  readonly symbols: Universe;
  /** Takes what each line has for a symbol. */
  readonly onSymbol?: SymbolNote | undefined;
  /** Name of the calendar of a symbol's exchange. */
  readonly calendarOf: (symbol: string) => string;
  readonly adjusted?: Adjusted | undefined;
  /** Why all bars of the file are known to be stamped at their open, though nobody said so. */
  readonly stampedAtOpen?: string | undefined;
  readonly origin: Origin;
}

export interface ParsedBar {
  readonly record: Bar;
  /** What the next bar of the series has to agree with. */
  readonly witness: Witness | undefined;
}

/**
 * A bar from `symbol`, `open`, `high`, `low`, `close`, `volume`, optionally `adj_close` or `split` and `dividend`, and
 * its time: see `barTime`.
 *
 * @param now the clock, ms since 1970
 * @param before where a dividend finds the price that it is taken from; default: nowhere
 * @throws Refusal
 */
export function parseBar(
  fields: Fields,
  options: BarOptions,
  now: number,
  before: BarBefore = () => undefined,
): ParsedBar {
  const symbol = oneSymbol(fields, options.symbols, options, options.onSymbol);
  const calendar = calendarOf(symbol, options);
  const at = barTime(fields, calendar, options);
  const { interval, eventTime } = at;
  refuseFuture("the bar's close", eventTime, now);
  const last = before(symbol, interval, eventTime);
  if (at.isAssumed) refuseStampedAtOpen(at, calendar, last, options.stampedAtOpen);
  const prices = barPrices(fields);
  const traded = volume(fields, "volume");
  const { open, close } = prices;
  const { actions, witness } = corporateActions(fields, { open, close, before: last, adjusted: options.adjusted });
  const content = { symbol, interval, eventTime, ...prices, volume: traded, ...actions };
  const record: Bar = {
    id: barId(content),
    ...content,
    availableAt: options.origin === "live" ? Math.max(now, eventTime) : eventTime,
    origin: options.origin,
    confirmed: false,
    calendar: calendar.name,
  };
  return { record, witness };
}

/** @throws Refusal when no calendar has the name of the symbol's exchange */
export function calendarOf(symbol: string, options: Pick<BarOptions, "calendarOf">): ExchangeCalendar {
  const name = options.calendarOf(symbol);
  const calendar = findCalendar(name);
  if (calendar !== undefined) return calendar;
  throw new Refusal("UNKNOWN_CALENDAR", `the exchange of ${symbol} is ${name}, and no calendar is named so`);
}

/**
 * A bar that ends as its exchange opens, the first of its day, begins there: its time is its open. Where sessions follow each
 * other without a break no bar shows that, and it has to be said.
 */
function refuseStampedAtOpen(
  { eventTime, interval, isAtOpen, cannotTell }: BarTime,
  calendar: ExchangeCalendar,
  last: SeriesBar | undefined,
  ofFile: string | undefined,
): void {
  if (ofFile !== undefined)
    throw new Refusal("STAMPED_AT_OPEN", `the file's bars are stamped at their open: ${ofFile}`);
  const at = new Date(eventTime).toISOString();
  const isFirst = last === undefined || sessionDate(calendar, last.time) !== calendar.dateOf(eventTime);
  if (isAtOpen === true && isFirst) {
    throw new Refusal(
      "STAMPED_AT_OPEN",
      `a bar of ${interval} cannot end at ${at}, as ${calendar.name} opens: that is its beginning`,
    );
  }
  if (cannotTell !== true) return;
  throw new Refusal(
    "STAMPED_AT_OPEN",
    `whether a bar of ${interval} begins or ends at ${at} the calendar ${calendar.name} cannot tell, as its sessions follow ` +
      "each other without a break: say --stamped open or --stamped close",
  );
}

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
