/** What came after a bar: the return to the close of the next session, which models are trained on. */
import type { Bar, FeatureVector } from "../../schemas/generated/types.js";
import type { CalendarLookup } from "../calendar/calendar.js";
import { knownTarget } from "../forecasts/target-time.js";
import { adjusted } from "../series/adjusted-bar.js";
import { calendarOfBar } from "../series/bar-calendar.js";
import { checkBar } from "../series/check-bar.js";

export interface SessionOutcome {
  /** Close time of the next session. */
  readonly nextTime: number;
  /** Simple return to it, adjusted for splits and dividends. */
  readonly nextReturn: number;
}

/** What came after the latest bar of a vector; undefined where there is no later bar. */
export type NextSession = (of: Pick<FeatureVector, "symbol" | "interval" | "barTime">) => SessionOutcome | undefined;

/**
 * Simple return from the close of a bar to that of the one after it in its series. A split or dividend that the later bar
 * takes effect with is no move of the price: a split leaves the return as it is, a dividend counts as kept.
 */
export function returnBetween(before: Readonly<Bar>, after: Readonly<Bar>): number {
  const { close } = adjusted(after, after.split * after.dividendFactor, after.split);
  return close / adjusted(before, 1, 1).close - 1;
}

/**
 * @param bars in the order of their log. Of several versions of one bar the last counts, and a bar that no operator takes
 *   for nothing; one that is not followed by the very next session's, by its own calendar, has no outcome.
 */
export function nextSessions(bars: Iterable<Readonly<Bar>>, calendars: CalendarLookup): NextSession {
  const series = new Map<string, Map<number, Readonly<Bar>>>();
  for (const bar of bars) {
    if (checkBar(bar)) continue;
    const own = series.get(seriesOf(bar)) ?? new Map<number, Readonly<Bar>>();
    series.set(seriesOf(bar), own.set(bar.eventTime, bar));
  }
  const outcomes = new Map([...series].map(([key, own]) => [key, outcomesOf([...own.values()], calendars)]));
  return (of) => outcomes.get(seriesOf(of))?.get(of.barTime);
}

/** By close time. */
function outcomesOf(bars: readonly Readonly<Bar>[], calendars: CalendarLookup): Map<number, SessionOutcome> {
  const found = new Map<number, SessionOutcome>();
  const inTime = bars.toSorted((one, other) => one.eventTime - other.eventTime);
  for (const [index, bar] of inTime.entries()) {
    const before = inTime[index - 1];
    if (before === undefined || nextClose(before, calendars) !== bar.eventTime) continue;
    found.set(before.eventTime, { nextTime: bar.eventTime, nextReturn: returnBetween(before, bar) });
  }
  return found;
}

/** Close of the session after a bar; undefined where that is not known. */
function nextClose(bar: Readonly<Bar>, calendars: CalendarLookup): number | undefined {
  const calendar = calendarOfBar(bar, calendars);
  return "kind" in calendar ? undefined : knownTarget(calendar, "1d", bar.eventTime, bar.eventTime)?.targetTime;
}

/** No symbol holds a bar. */
const seriesOf = ({ symbol, interval }: Pick<Bar, "symbol" | "interval">): string => `${symbol}|${interval}`;
