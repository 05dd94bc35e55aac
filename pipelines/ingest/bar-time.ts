import { reach, type ExchangeCalendar } from "../../operators/calendar/calendar.js";
import { dayMs, formatDay, minuteMs, type DayNumber } from "../../operators/calendar/dates.js";
import { isMissing, shown, type Fields } from "./fields.js";
import { dayIn, momentIn, readClock, readMoment, zoneOf, type Reading } from "./moments.js";
import { Refusal } from "./outcome.js";
import { closeAfter, isSessionOpen, isWhereSessionsMeet, meetsAnother } from "./session-ends.js";
import { parseTime, unreadable, zoned, zoneOfLine, type ZoneChoice } from "./times.js";

/** Which end of a bar its time is. */
export type Stamped = "open" | "close";

export interface BarTimeOptions {
  /** Interval of bars that have a time and name none, e.g. `1m`. */
  readonly interval?: string | undefined;
  readonly zone?: ZoneChoice | undefined;
  /** Undefined: the close, as long as nothing speaks against it. */
  readonly stamped?: Stamped | undefined;
  /** True where other lines of the file have a time of day beside their date: then midnight is a time of day, too. */
  readonly hasTimesOfDay?: boolean | undefined;
}

export interface BarTime {
  readonly interval: string;
  /** The close, ms since 1970. */
  readonly eventTime: number;
  /** True where only its column says that the time is a close, with no word about its end. */
  readonly isAssumed: boolean;
  /** True for such a bar that ends in the moment in which a session opens and none ends. */
  readonly isAtOpen?: boolean;
  /** True for such a bar where sessions follow each other without a break: no bar shows which end the times are. */
  readonly cannotTell?: boolean;
}

const exactForm = /^[1-9]\d{0,3}(?:s|m|h|d)$/;
const spelledForm = /^(\d{1,4})?(s|sec|second|min|minute|t|h|hr|hour|d|day)s?$/i;
const numberForm = /^[1-9]\d{0,3}$/;
const unitOf = { s: "s", m: "m", t: "m", h: "h", d: "d" } as const;

/** `1m` of `1m`, `1Min`, `1 minute` without its blank, `D`, `daily`, and of a number of minutes; undefined for others. */
export function readInterval(raw: unknown): string | undefined {
  if (typeof raw === "number") return numberForm.test(String(raw)) ? `${raw}m` : undefined;
  if (typeof raw !== "string") return undefined;
  if (exactForm.test(raw)) return raw;
  const text = raw.trim();
  if (exactForm.test(text)) return text;
  if (numberForm.test(text)) return `${text}m`;
  if (/^daily$/i.test(text)) return "1d";
  const match = spelledForm.exec(text);
  if (match === null || Number(match[1] ?? 1) === 0) return undefined;
  const unit = unitOf[(match[2] ?? "").slice(0, 1).toLowerCase() as keyof typeof unitOf];
  return `${Number(match[1] ?? 1)}${unit}`;
}

const unitMs = { s: 1000, m: minuteMs, h: 60 * minuteMs, d: dayMs } as const;

/** Milliseconds of an interval. */
export const intervalMs = (interval: string): number =>
  Number(interval.slice(0, -1)) * unitMs[interval.slice(-1) as keyof typeof unitMs];

/**
 * When a bar ended, from `date`, `date` and `time`, `time` or `timestamp`, or from `open_time` or `close_time`.
 *
 * @throws Refusal
 */
export function barTime(fields: Fields, calendar: ExchangeCalendar, options: BarTimeOptions): BarTime {
  const given = fields["interval"];
  const named = isMissing(given) ? undefined : readInterval(given);
  if (named === undefined && !isMissing(given)) {
    throw new Refusal("INVALID_FIELD", `interval is ${shown(given)}, not like 1m, 1h or 1d`);
  }
  const line: Line = { fields, calendar, options, interval: named ?? options.interval, isNamed: named !== undefined };
  if (!isMissing(fields["close_time"])) return closeTime(line);
  if (!isMissing(fields["open_time"])) return placed(line, "open_time", readMoment(fields["open_time"]), "open");
  const at = isMissing(fields["time"]) ? "timestamp" : "time";
  const [hasDate, hasTime] = [!isMissing(fields["date"]), !isMissing(fields[at])];
  if (!hasDate && !hasTime) throw new Refusal("MISSING_FIELD", "date and time are both missing");
  if (hasDate && hasTime) return dateAndTime(line, at);
  if (hasDate) {
    const session = isDaily(line) ? plainSession(fields["date"], calendar) : undefined;
    if (session !== undefined) return { interval: "1d", eventTime: session.close, isAssumed: false };
    const reading = readMoment(fields["date"]);
    const mayBeDay = line.interval === "1d" || reading?.kind === "day" || options.hasTimesOfDay !== true;
    const day = isDaily(line) && mayBeDay ? wholeDay(line, reading) : undefined;
    return day === undefined ? placed(line, "date", reading, options.stamped) : daily(line, "date", day);
  }
  return placed(line, at, line.interval === "1d" ? readMoment(fields[at]) : readTime(fields[at]), options.stamped);
}

/** The session of a date in its most usual form, without reading it in general. */
function plainSession(raw: unknown, calendar: ExchangeCalendar): ReturnType<ExchangeCalendar["session"]> {
  return typeof raw === "string" && raw.length === 10 ? calendar.session(raw) : undefined;
}

/** As `readMoment`, but that midnights are not told: most times are in one form. */
function readTime(raw: unknown): Reading | undefined {
  const time = typeof raw === "string" ? parseTime(raw) : undefined;
  return time === undefined ? readMoment(raw) : { kind: "moment", time, midnightOf: undefined };
}

interface Line {
  readonly fields: Fields;
  readonly calendar: ExchangeCalendar;
  readonly options: BarTimeOptions;
  readonly interval: string | undefined;
  /** True when the line itself names the interval. */
  readonly isNamed: boolean;
}

/** Without an interval a date alone is a day's bar. */
const isDaily = ({ interval }: Line): boolean => interval === undefined || interval === "1d";

function needInterval({ interval }: Line): string {
  if (interval === undefined) throw new Refusal("MISSING_FIELD", "a bar with a time needs an interval, e.g. 1m");
  return interval;
}

/** The day of a cell that holds no more than that: written as a day, or at midnight, there or at the exchange. */
function wholeDay({ calendar }: Line, reading: Reading | undefined): DayNumber | undefined {
  if (reading?.kind === "day") return reading.day;
  if (reading?.kind === "local") return reading.local % dayMs === 0 ? reading.local / dayMs : undefined;
  if (reading?.kind !== "moment") return undefined;
  if (reading.midnightOf !== undefined) return reading.midnightOf;
  const offset = zoneOf(calendar.timeZone);
  const isMidnight = offset !== undefined && (reading.time + offset(reading.time)) % dayMs === 0;
  return isMidnight ? dayIn(offset, reading.time) : undefined;
}

/** The bar of a day: it ends with that day's session. */
function daily({ fields, calendar, interval, isNamed }: Line, name: string, day: DayNumber): BarTime {
  if (isNamed && interval !== "1d") {
    throw new Refusal(
      "INVALID_FIELD",
      `a bar of ${interval} needs a time, and ${name} ${shown(fields[name])} is a day`,
    );
  }
  if (interval !== undefined && intervalMs(interval) > dayMs) {
    throw new Refusal(
      "INVALID_FIELD",
      `${name} ${shown(fields[name])} is one day, and the bar's interval is ${interval}`,
    );
  }
  const session = calendar.session(formatDay(day));
  if (session === undefined) throw closed(calendar, formatDay(day));
  return { interval: "1d", eventTime: session.close, isAssumed: false };
}

/** Of days that the calendar does not know it cannot say whether the exchange was open. */
function closed(calendar: ExchangeCalendar, date: string): Refusal {
  const { name, timeZone, firstDay, lastDay } = calendar;
  return date < firstDay || date > lastDay
    ? new Refusal("BEYOND_CALENDAR", `${date} lies beyond what is known: ${reach(calendar)}`)
    : new Refusal("EXCHANGE_CLOSED", `${name} was closed on ${date} (a date in ${timeZone})`);
}

/** The day in one column, the time of day in another: a moment together, never the bar of the day. */
function dateAndTime(line: Line, at: string): BarTime {
  const { fields, calendar, options } = line;
  const date = readMoment(fields["date"]);
  const clock = readClock(fields[at]);
  const day = wholeDay(line, date) ?? (date === undefined ? undefined : daysOf(calendar, date)[0]);
  if (day === undefined) throw unreadable("date", fields["date"], date);
  if (clock?.kind === "clock") {
    if (wholeDay(line, date) === undefined) {
      throw new Refusal(
        "INVALID_TIME",
        `date ${shown(fields["date"])} holds a time already, beside ${at}; leave one out`,
      );
    }
    const interval = needInterval(line);
    const local = day * dayMs + clock.clock;
    if (interval === "1d") {
      if (isMeeting(calendar, local)) return dayAt(line, at, { kind: "local", local }, options.stamped);
      if (clock.clock === 0 || local === localClose(calendar, day)) return daily(line, "date", day);
      throw new Refusal(
        "INVALID_TIME",
        `${at} ${shown(fields[at])} is not the close of the day's session; leave it out`,
      );
    }
    return placed(line, at, { kind: "local", local }, options.stamped);
  }
  const reading = readMoment(fields[at]);
  if (reading?.kind !== "moment" && reading?.kind !== "local") throw unreadable(at, fields[at], reading);
  if (!daysOf(calendar, reading).includes(day)) {
    throw new Refusal("INVALID_TIME", `date ${shown(fields["date"])} is not the day of ${at} ${shown(fields[at])}`);
  }
  if (line.interval === "1d") {
    const isMidnight = wholeDay(line, reading) === day;
    return isMidnight && !isMeeting(calendar, day * dayMs)
      ? daily(line, "date", day)
      : dayAt(line, at, reading, options.stamped);
  }
  return placed(line, at, reading, options.stamped);
}

function localClose(calendar: ExchangeCalendar, day: DayNumber): number | undefined {
  const close = calendar.session(formatDay(day))?.close;
  return close === undefined ? undefined : close + (zoneOf(calendar.timeZone)?.(close) ?? 0);
}

/** The days on which a reading may lie: as written, in UTC or at the exchange. */
function daysOf(calendar: ExchangeCalendar, reading: Reading): DayNumber[] {
  if (reading.kind === "local") return [Math.floor(reading.local / dayMs)];
  if (reading.kind !== "moment") return [];
  const offset = zoneOf(calendar.timeZone);
  return [Math.floor(reading.time / dayMs), ...(offset ? [dayIn(offset, reading.time)] : [])];
}

/** The close by its name, whichever end `time` would be. Binance and others write the last milli- or microsecond of a bar for it. */
function closeTime(line: Line): BarTime {
  const { fields } = line;
  const reading = readMoment(fields["close_time"]);
  if (reading?.kind === "day") return daily(line, "close_time", reading.day);
  const written = momentOf(line, "close_time", reading);
  const close = written % 1000 === 999 ? written + 1 : written;
  const open = isMissing(fields["open_time"]) ? undefined : readMoment(fields["open_time"]);
  const span = open?.kind === "moment" ? close - open.time : undefined;
  const interval = line.interval ?? (span === undefined ? undefined : spelled(span));
  return placed({ ...line, interval }, "close_time", { kind: "moment", time: close, midnightOf: undefined }, "close");
}

/** The interval of a span; undefined for one that has no name. */
function spelled(span: number): string | undefined {
  const unit = (["d", "h", "m", "s"] as const).find((one) => span > 0 && span % unitMs[one] === 0);
  return unit === undefined ? undefined : `${span / unitMs[unit]}${unit}`;
}

function momentOf(line: Line, name: string, reading: Reading | undefined): number {
  const { fields, calendar, options } = line;
  const raw = fields[name];
  if (reading?.kind === "moment" && reading.time >= 0) return reading.time;
  if (reading?.kind !== "local") throw unreadable(name, raw, reading);
  const zone = zoneOfLine(fields, options.zone);
  if (zone !== "exchange") return zoned(name, raw, reading.local, zone);
  const found = momentIn(calendar.timeZone, reading.local);
  return typeof found === "number" ? found : zoned(name, raw, reading.local, calendar.timeZone);
}

/** @param stamped which end the time is; undefined: the close, unless something speaks against it */
function placed(line: Line, name: string, reading: Reading | undefined, stamped: Stamped | undefined): BarTime {
  const { calendar, fields } = line;
  if (reading === undefined || reading.kind === "clock") throw unreadable(name, fields[name], reading);
  if (reading.kind === "day") return daily(line, name, reading.day);
  const interval = needInterval(line);
  if (interval === "1d") return dayAt(line, name, reading, stamped);
  const written = momentOf(line, name, reading);
  const isAssumed = stamped === undefined;
  if (isAssumed && isSessionOpen(calendar, written)) {
    return { interval, eventTime: written, isAssumed, isAtOpen: true };
  }
  const eventTime = stamped === "open" ? closeAfter(calendar, written, intervalMs(interval)) : written;
  if (eventTime === undefined) {
    throw new Refusal(
      "INVALID_TIME",
      `a bar of ${interval} from ${new Date(written).toISOString()} ends with one of several sessions, and nothing says which: ` +
        "name its end close_time",
    );
  }
  // The moment before the close: a session that ends at midnight belongs to the day it ends.
  const date = calendar.dateOf(eventTime - 1);
  const session = calendar.session(date);
  if (session === undefined) throw closed(calendar, date);
  return { interval, eventTime, isAssumed, cannotTell: isAssumed && meetsAnother(calendar, session) };
}

/** Whether sessions meet at a midnight of the exchange's clock, or would if it did not close for the week then. */
function isMeeting(calendar: ExchangeCalendar, local: number): boolean {
  const time = local % dayMs === 0 ? momentIn(calendar.timeZone, local) : undefined;
  return typeof time === "number" && isWhereSessionsMeet(calendar, time);
}

/**
 * The bar of a day by a moment: that of its close, but for `time` also of its open or a midnight. Where sessions meet a midnight
 * may be either of two days' whatever its column is named, so it has to be said.
 */
function dayAt(
  line: Line,
  name: string,
  reading: Extract<Reading, { kind: "moment" | "local" }>,
  stamped: Stamped | undefined,
): BarTime {
  const { calendar } = line;
  const mayBeDay = stamped === "open" || (name !== "time" && name !== "close_time");
  const midnight = mayBeDay ? wholeDay(line, reading) : undefined;
  if (stamped !== "open") {
    const isMidnight = reading.kind === "local" && isMeeting(calendar, reading.local);
    const needsNoZone = isMidnight || (reading.kind === "local" && midnight !== undefined);
    const isMet = isMidnight || (!needsNoZone && isWhereSessionsMeet(calendar, momentOf(line, name, reading)));
    if (isMet && stamped === "close") return dayEndingAt(calendar, momentOf(line, name, reading));
    if (isMet) {
      const found = isMidnight ? momentIn(calendar.timeZone, reading.local) : undefined;
      const eventTime = typeof found === "number" ? found : momentOf(line, name, reading);
      return { interval: "1d", eventTime, isAssumed: true, cannotTell: true };
    }
  }
  const day = midnight ?? (mayBeDay ? openedOn(calendar, momentOf(line, name, reading)) : undefined);
  if (day !== undefined) return daily(line, name, day);
  if (stamped !== "open") return dayEndingAt(calendar, momentOf(line, name, reading));
  throw new Refusal("INVALID_TIME", "the time of a daily bar is not the open of its session; give its date instead");
}

/** The day whose session opened at a moment. */
function openedOn(calendar: ExchangeCalendar, time: number): DayNumber | undefined {
  const date = calendar.dateOf(time);
  return calendar.session(date)?.open === time ? Date.parse(date) / dayMs : undefined;
}

function dayEndingAt(calendar: ExchangeCalendar, eventTime: number): BarTime {
  const date = calendar.dateOf(eventTime - 1);
  const session = calendar.session(date);
  if (session === undefined) throw closed(calendar, date);
  if (eventTime === session.close) return { interval: "1d", eventTime, isAssumed: false };
  throw new Refusal("INVALID_TIME", "the time of a daily bar is not the close of its session; give its date instead");
}
