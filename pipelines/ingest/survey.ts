/**
 * What can be said of a file only from several of its lines, before any of them is taken: whether it begins with the newest
 * record, and whether its bars are stamped at their open. The survey ends as soon as both are decided.
 */
import type { ExchangeCalendar } from "../../operators/calendar/calendar.js";
import { dayMs } from "../../operators/calendar/dates.js";
import { barTime, intervalMs } from "./bar-time.js";
import { calendarOf } from "./bars.js";
import { isMissing, type Fields } from "./fields.js";
import type { JudgeOptions } from "./judge.js";
import { publishedAt } from "./news.js";
import { type IngestKind, Refusal } from "./outcome.js";
import type { RawRecord } from "./records.js";
import { isSessionClose, isSessionOpen, sessionDate } from "./session-ends.js";
import { namedSymbol, oneSymbol } from "./symbols.js";

interface Day {
  readonly series: string;
  readonly date: string;
  readonly calendar: ExchangeCalendar;
  readonly span: number;
  first: number;
  last: number;
}

interface Series {
  time: number;
  line: number;
  day: Day | undefined;
  /** Steps from one record to the next, and those of them that lead to another day. */
  forwards: number;
  daysForwards: number;
  backwards: number;
  daysBackwards: number;
  /** The first step backwards, in words. */
  why: string | undefined;
  /** How many series there were at its last step forwards to another day. */
  amongst: number;
}

/** Why a file begins with the newest record. */
export interface NewestFirst {
  readonly why: string;
  /** True where other series of it begin with the oldest. */
  readonly areOthersForwards: boolean;
}

/** Series whose first bar of a day ended one interval behind the open, until that is no chance any more. */
const enoughFirstBars = 3;
/** A short file may well lack a bar at its end: days, or series of a day, without one until that says something. */
const enoughMissing = { days: 2, series: 3 } as const;
/** Steps of a series from one day to another, all backwards, until that is the order of the file. */
const enoughDays = 50;
/** Steps of the news within a day, forwards, until the days are taken to go forwards too. */
const enoughSteps = 2_000;
/** Steps backwards of a series that never goes forwards, until it begins with the newest though others do not. */
const enoughBackwards = 2;
/** Electronic trading before the session begins at 4:00 in New York: a bar of that time cannot end then. */
const earlyOpen: Readonly<Record<string, number>> = { XNYS: 5.5 * 3_600_000 };

export class Survey {
  readonly #series = new Map<string, Series>();
  #openReason: string | undefined;
  #isStampDecided: boolean;
  #isOrderDecided: boolean;
  /** Series that went on to a later day since the last new one appeared. */
  #onward = 0;
  #atClose = 0;
  #firstBars = 0;
  readonly #missing = { days: new Set<string>(), series: new Set<string>(), why: "" };
  #doubt: string | undefined;
  #areIntraday = false;
  #hasTimesOfDay = false;

  /** @param seeksOrder whether it matters that a file begins with the newest record */
  constructor(
    private readonly kind: IngestKind,
    private readonly options: JudgeOptions,
    seeksOrder: boolean,
  ) {
    this.#isStampDecided = kind === "news" || options.stamped !== undefined;
    this.#isOrderDecided = !seeksOrder;
  }

  get isDecided(): boolean {
    return this.#isStampDecided && this.#isOrderDecided;
  }

  /** @param isAlwaysDaily true where no line can name an interval of its own */
  note(raw: RawRecord, isAlwaysDaily: boolean): void {
    if (!("fields" in raw) || this.isDecided) return;
    try {
      if (this.kind === "news") this.#noteNews(raw.fields, raw.line.number);
      else this.#noteBar(raw.fields, raw.line.number, isAlwaysDaily);
    } catch (error) {
      // The line is refused when it is judged.
      if (!(error instanceof Refusal)) throw error;
      if (this.kind === "bars" && error.code === "MISSING_FIELD" && this.options.interval === undefined) {
        this.#hasTimesOfDay ||= isMissing(raw.fields["interval"]) && !isMissing(raw.fields["date"]);
      }
    }
  }

  /** Whether bars have times of day, though neither they nor the user name an interval. */
  get hasTimesOfDay(): boolean {
    return this.#hasTimesOfDay;
  }

  /**
   * Why the file begins with the newest record, or one of its series does: from day to day backwards, or within its only day;
   * undefined if not. Where other series go forwards a single step back is no order yet.
   */
  get newestFirst(): NewestFirst | undefined {
    let anyForwards = false;
    let found: Series | undefined;
    for (const series of this.#series.values()) {
      const { forwards, daysForwards, backwards, daysBackwards } = series;
      anyForwards ||= forwards > 0 && (daysForwards > 0 || daysBackwards === 0);
      if (daysForwards > 0 || backwards === 0 || (forwards > 0 && daysBackwards === 0)) continue;
      if (found === undefined || found.backwards < backwards) found = series;
    }
    if (found?.why === undefined || (anyForwards && found.backwards < enoughBackwards)) return undefined;
    return { why: found.why, areOthersForwards: anyForwards };
  }

  /**
   * Why the bars are stamped at their open; undefined where nothing says so.
   *
   * @param now the clock, once the whole file was seen: what is missing at the close of a day that is over says something
   */
  stampedAtOpen(now: number): string | undefined {
    if (this.options.stamped !== undefined) return undefined;
    if (!this.#isStampDecided) for (const { day } of this.#series.values()) this.#endDay(day, now);
    if (this.#openReason !== undefined) return this.#openReason;
    const { days, series, why } = this.#missing;
    if (why === "" || this.#atClose > 0 || this.#firstBars > 0) return undefined;
    if (days.size >= enoughMissing.days || series.size >= enoughMissing.series) return why;
    this.#doubt = why;
    return undefined;
  }

  /** What makes one think that the bars are stamped at their open, and is not enough; known after `stampedAtOpen`. */
  get doubt(): string | undefined {
    return this.#doubt;
  }

  #noteNews(fields: Fields, line: number): void {
    this.#step("", newsTime(fields, this.options), line, undefined);
  }

  #noteBar(fields: Fields, line: number, isAlwaysDaily: boolean): void {
    const { symbol, calendar } = listingOf(fields, this.options);
    const { interval, eventTime, isAssumed } = barTime(fields, calendar, this.options);
    const series = `${symbol} ${interval}`;
    if (interval === "1d" && isAlwaysDaily && !this.#areIntraday) this.#isStampDecided = true;
    const isIntraday = isAssumed && interval !== "1d";
    this.#areIntraday ||= isIntraday;
    const seeksStamp = isIntraday && !this.#isStampDecided;
    const day = seeksStamp ? this.#dayOf(series, calendar, interval, eventTime) : undefined;
    this.#step(series, eventTime, line, day);
  }

  #step(name: string, at: number, line: number, day: Day | undefined): void {
    const known = this.#series.get(name);
    if (known === undefined) {
      const none = { forwards: 0, daysForwards: 0, backwards: 0, daysBackwards: 0, why: undefined, amongst: 0 };
      this.#series.set(name, { time: at, line, day, ...none });
      this.#onward = 0;
      return;
    }
    this.#countStep(known, at, line);
    known.time = at;
    known.line = line;
    known.day = day;
  }

  #countStep(known: Series, at: number, line: number): void {
    const isOtherDay = Math.floor(at / dayMs) !== Math.floor(known.time / dayMs);
    if (at > known.time) {
      known.forwards += 1;
      if (isOtherDay) this.#countDayForwards(known);
    } else if (at < known.time) {
      known.backwards += 1;
      if (isOtherDay) known.daysBackwards += 1;
      const iso = (time: number): string => new Date(time).toISOString();
      known.why ??= `line ${known.line} is of ${iso(known.time)}, line ${line} of ${iso(at)}`;
    }
    // News are one series. Of bars the next series may go the other way.
    const goesForwards = known.daysForwards > 0 || known.forwards >= enoughSteps;
    this.#isOrderDecided ||=
      this.kind === "news"
        ? goesForwards || known.daysBackwards >= enoughDays
        : known.daysForwards === 0 && known.daysBackwards >= enoughDays;
  }

  #countDayForwards(known: Series): void {
    known.daysForwards += 1;
    const { size } = this.#series;
    if (known.amongst === size) return;
    known.amongst = size;
    this.#onward += 1;
    // All of them side by side: the file goes by time, and is not one series behind the other, of which the next may differ.
    if (size > 1 && this.#onward === size) this.#isOrderDecided = true;
  }

  /** The day of the series with this bar in it, and what the bar says about its end. */
  #dayOf(series: string, calendar: ExchangeCalendar, interval: string, at: number): Day {
    const date = sessionDate(calendar, at);
    const known = this.#series.get(series);
    const before = known?.day;
    const isInOrder = known === undefined || known.backwards === 0;
    if (before?.date === date) {
      before.first = Math.min(before.first, at);
      before.last = Math.max(before.last, at);
      if (isInOrder) this.#sayAtClose(before);
      return before;
    }
    this.#endDay(before, Infinity);
    const day = { series, date, calendar, span: intervalMs(interval), first: at, last: at };
    if (isInOrder) this.#sayAtOpen(day);
    return day;
  }

  /** A bar that begins a day as trading does cannot end then; one that ends an interval later may well. */
  #sayAtOpen({ series, date, calendar, span, first }: Day): void {
    const open = calendar.session(date)?.open;
    if (isSessionOpen(calendar, first) || open === first + (earlyOpen[calendar.name] ?? NaN)) {
      const at = new Date(first).toISOString();
      this.#openReason ??= `the first bar of ${series} on ${date} is of ${at}, when trading begins, and cannot end then`;
      this.#isStampDecided = true;
    } else if (open !== undefined && first === open + span && isSessionOpen(calendar, open)) {
      this.#firstBars += 1;
      if (this.#firstBars >= enoughFirstBars) this.#isStampDecided = true;
    }
  }

  /** A bar that ends with the session, of a day that did not begin before it, is stamped at its close. */
  #sayAtClose({ date, calendar, first, last }: Day): void {
    const session = calendar.session(date);
    if (session === undefined || first <= session.open || last !== session.close) return;
    if (!isSessionClose(calendar, last)) return;
    this.#atClose += 1;
    this.#isStampDecided = true;
  }

  #endDay(day: Day | undefined, now: number): void {
    if (day === undefined) return;
    const { series, calendar, date, span, first, last } = day;
    if ((this.#series.get(series)?.backwards ?? 0) > 0) {
      this.#sayAtOpen(day);
      this.#sayAtClose(day);
    }
    const session = calendar.session(date);
    if (session === undefined || now < session.close + span) return;
    if (first <= session.open || last >= session.close || last < session.close - span) return;
    // Where another session opens then, the bar that ends there counts to that one's day.
    if (!isSessionClose(calendar, session.close)) return;
    const [end, close] = [new Date(last).toISOString(), new Date(session.close).toISOString()];
    if (this.#missing.days.size < enoughMissing.days) this.#missing.days.add(date);
    if (this.#missing.series.size < enoughMissing.series) this.#missing.series.add(series);
    this.#missing.why ||= `no bar ends with the session: the last of ${date} is of ${end}, the session ends at ${close}`;
  }
}

/** Which listing a bar is of, and when it is traded. @throws Refusal */
function listingOf(fields: Fields, options: JudgeOptions): { symbol: string; calendar: ExchangeCalendar } {
  const symbol = oneSymbol(namedSymbol(fields, options.symbol), options.symbols, options);
  return { symbol, calendar: calendarOf(symbol, options) };
}

const newsTime = (fields: Fields, { zone }: JudgeOptions): number => publishedAt(fields, zone);

/** The time of a record, as it will be judged by; undefined for one that will be refused. */
export function recordTime(raw: RawRecord, kind: IngestKind, options: JudgeOptions): number | undefined {
  if (!("fields" in raw)) return undefined;
  try {
    if (kind === "news") return newsTime(raw.fields, options);
    return barTime(raw.fields, listingOf(raw.fields, options).calendar, options).eventTime;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
