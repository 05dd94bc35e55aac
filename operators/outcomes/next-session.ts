/** What came after a bar: the return to the close of the next session, which models are trained on. */
import type { Bar, FeatureVector, HeldBar } from "../../schemas/generated/types.js";
import type { CalendarLookup } from "../calendar/calendar.js";
import { knownTarget } from "../forecasts/target-time.js";
import { adjusted } from "../series/adjusted-bar.js";
import { calendarOfBar } from "../series/bar-calendar.js";
import { checkBar } from "../series/check-bar.js";
import { guardPrice, isMove, isTooOld, markOf, withMark, type PriceMark } from "../series/price-guard.js";

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
 * @param bars in the order of their log. Of several versions of one bar the last counts, and a bar that the operators do not take
 *   for nothing: one that is out of any market's range, that the guard holds back, or that is older than what can be corrected. One
 *   that is not followed by the very next session's, by its own calendar, has no outcome, nor has one after which the level has moved.
 */
export function nextSessions(bars: Iterable<Readonly<Bar>>, calendars: CalendarLookup): NextSession {
  const series = new Map<string, GuardedSeries>();
  for (const bar of bars) {
    if (checkBar(bar) || "kind" in calendarOfBar(bar, calendars)) continue;
    const key = seriesOf(bar);
    const own = series.get(key) ?? new GuardedSeries();
    series.set(key, own);
    own.take(bar);
  }
  const outcomes = new Map([...series].map(([key, own]) => [key, outcomesOf(own.bars(), calendars)]));
  return (of) => outcomes.get(seriesOf(of))?.get(of.barTime);
}

/** The bars of one series that its operators take in. */
class GuardedSeries {
  readonly #bars = new Map<number, Readonly<Bar>>();
  #marks: readonly PriceMark[] = [];
  #held: Readonly<HeldBar> | null = null;

  take(bar: Readonly<Bar>): void {
    const marks = this.#marks;
    if (isTooOld(marks, bar)) return;
    const verdict = guardPrice({ last: marks.at(-1), marks: () => marks, held: this.#held }, bar);
    if (verdict.kind === "duplicate") return;
    this.#held = verdict.held;
    if (verdict.kind === "hold") return;
    for (const taken of verdict.bars) {
      this.#bars.set(taken.eventTime, taken);
      this.#marks = withMark(this.#marks, markOf(taken, taken.eventTime));
    }
  }

  /** In time. */
  bars(): Readonly<Bar>[] {
    return [...this.#bars.values()].sort((one, other) => one.eventTime - other.eventTime);
  }
}

/**
 * @param bars in time
 * @returns by close time
 */
function outcomesOf(bars: readonly Readonly<Bar>[], calendars: CalendarLookup): Map<number, SessionOutcome> {
  const found = new Map<number, SessionOutcome>();
  for (const [index, bar] of bars.entries()) {
    const before = bars[index - 1];
    if (before === undefined || nextClose(before, calendars) !== bar.eventTime) continue;
    const nextReturn = returnBetween(before, bar);
    if (isMove(1 + nextReturn)) found.set(before.eventTime, { nextTime: bar.eventTime, nextReturn });
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
