import { calendarByName } from "../../../../operators/calendar/calendars.js";
import { dayMs, formatDay, parseDay } from "../../../../operators/calendar/dates.js";
import type { Bar } from "../../../../schemas/generated/types.js";

/** A return beyond what is usual without a split: the close is as many times that of the bar before, or one so-manieth. */
const jumpFactor = 1.8;
/** Factors that a split, another unit (pence, thousands) or another share have. */
const usualFactors = [2, 3, 4, 5, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100, 1000];
/** A gap of the series that is no neighbourhood: prices may have moved. */
const longestGap = 15 * dayMs;
const jumpsKept = 3;
const missingKept = 3;

export interface Jump {
  readonly time: string;
  /** Close over the close before, splits and adjustments considered. */
  readonly factor: number;
  /** The usual factor that it is near to, above 1 either way. */
  readonly near: number | undefined;
}

export interface MissingDays {
  readonly count: number;
  readonly first: readonly string[];
}

/** The bars of one symbol and interval, as far as a report needs them: their days as bits, and the one before. */
export class Series {
  bars = 0;
  first = Infinity;
  last = -Infinity;
  jumps = 0;
  readonly firstJumps: Jump[] = [];
  #before: Bar | undefined;
  /** A bit for each day that has a bar, by the number of 32 days. */
  readonly #days = new Map<number, number>();

  /** @param calendar the name of the symbol's */
  constructor(private readonly calendar: string) {}

  note(bar: Bar): void {
    this.bars += 1;
    this.first = Math.min(this.first, bar.eventTime);
    this.last = Math.max(this.last, bar.eventTime);
    if (this.#before !== undefined) this.#compare(this.#before, bar);
    this.#before = bar;
    if (bar.interval !== "1d") return;
    const day = parseDay(this.#dateOf(bar.eventTime));
    if (day !== undefined) this.#days.set(day >> 5, (this.#days.get(day >> 5) ?? 0) | (1 << (day & 31)));
  }

  /** Sessions between the first and the last daily bar that have none. */
  missingDays(): MissingDays {
    const [from, to] = [parseDay(this.#dateOf(this.first)), parseDay(this.#dateOf(this.last))];
    let count = 0;
    const first: string[] = [];
    if (this.#days.size === 0 || from === undefined || to === undefined) return { count, first };
    const calendar = calendarByName(this.calendar);
    for (let day = from; day <= to; day += 1) {
      if (((this.#days.get(day >> 5) ?? 0) >> (day & 31)) & 1) continue;
      if (calendar.session(formatDay(day)) === undefined) continue;
      count += 1;
      if (first.length < missingKept) first.push(formatDay(day));
    }
    return { count, first };
  }

  /** Sessions from its last bar to a later time. */
  sessionsUntil(time: number): number {
    const [from, to] = [parseDay(this.#dateOf(this.last)), parseDay(this.#dateOf(time))];
    const calendar = calendarByName(this.calendar);
    let count = 0;
    if (from === undefined || to === undefined) return count;
    for (let day = from + 1; day <= to; day += 1) if (calendar.session(formatDay(day)) !== undefined) count += 1;
    return count;
  }

  /** The date of a close: a session that ends at midnight belongs to the day it ends. */
  #dateOf(time: number): string {
    return calendarByName(this.calendar).dateOf(time - 1);
  }

  /** In either order: a file may begin with its newest bar. */
  #compare(one: Bar, other: Bar): void {
    const [before, after] = one.eventTime <= other.eventTime ? [one, other] : [other, one];
    if (after.eventTime - before.eventTime > longestGap) return;
    const old = before.close * before.adjustment;
    const factor = (after.close * after.adjustment * after.split * after.dividendFactor) / old;
    if (factor < jumpFactor && factor > 1 / jumpFactor) return;
    this.jumps += 1;
    if (this.firstJumps.length < jumpsKept) {
      const size = factor > 1 ? factor : 1 / factor;
      const near = usualFactors.find((usual) => Math.abs(size / usual - 1) < 0.1);
      this.firstJumps.push({ time: new Date(after.eventTime).toISOString(), factor, near });
    }
  }
}
