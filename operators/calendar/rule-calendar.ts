import { reach, type ExchangeCalendar, type Session, type Span } from "./calendar.js";
import { dayMs, minuteMs, formatDay, parseDay, type DayNumber } from "./dates.js";
import { zoneOffset } from "./time-zone.js";

/** Trading hours of one day, in minutes after local midnight; a session ends by midnight (1440) of its own date. */
export interface TradingHours {
  readonly open: number;
  readonly close: number;
  readonly halfDay: boolean;
  /** The lunch break; left out where there is none. */
  readonly break?: Span;
}

export interface CalendarRules {
  readonly name: string;
  /** IANA time zone. */
  readonly timeZone: string;
  /** Dates that the rules are right for, both included; outside of them nothing is known, so there are no sessions. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Hours of a day; undefined when the exchange is closed. Pure: the answer is kept. */
  hours(day: DayNumber): TradingHours | undefined;
}

interface KnownDay {
  readonly date: string;
  readonly session: Session | undefined;
}

/**
 * A calendar from rules for single days. Days are worked out at their first use and kept (at most one entry a day of
 * the covered days): about 8 million `dateOf` or `nextClose` calls/s afterwards.
 *
 * `nextClose` throws a RangeError when the answer lies outside the covered days: a wrong target time would go unnoticed.
 *
 * @throws RangeError for a first or last day that is no date, or a time zone that the platform does not know
 */
export function calendarFromRules(rules: CalendarRules): ExchangeCalendar {
  const { localDay, momentOf } = localTime(rules.timeZone);
  const known = new Map<DayNumber, KnownDay>();
  const [first, last] = [rules.firstDay, rules.lastDay].map((date) => {
    const day = parseDay(date);
    if (day === undefined) throw new RangeError(`${date} is no date like 2015-09-30`);
    return day;
  }) as [DayNumber, DayNumber];

  const learn = (day: DayNumber): KnownDay => {
    const hours = rules.hours(day);
    const session =
      hours === undefined
        ? undefined
        : Object.freeze({
            open: momentOf(day, hours.open),
            close: momentOf(day, hours.close),
            halfDay: hours.halfDay,
            ...(hours.break && {
              break: Object.freeze({ start: momentOf(day, hours.break.start), end: momentOf(day, hours.break.end) }),
            }),
          });
    const entry = { date: formatDay(day), session };
    known.set(day, entry);
    return entry;
  };

  const dayAt = (day: DayNumber): KnownDay | undefined =>
    day < first || day > last ? undefined : (known.get(day) ?? learn(day));

  const begins = momentOf(first, 0);
  const ends = momentOf(last + 1, 0);

  const calendar: ExchangeCalendar = {
    name: rules.name,
    timeZone: rules.timeZone,
    firstDay: rules.firstDay,
    lastDay: rules.lastDay,
    covers: (time) => time >= begins && time <= ends,
    dateOf(time) {
      const day = localDay(time);
      return dayAt(day)?.date ?? formatDay(day);
    },
    session(date) {
      const day = parseDay(date);
      return day === undefined ? undefined : dayAt(day)?.session;
    },
    nextClose(time) {
      for (let day = localDay(time); ; day++) {
        const entry = dayAt(day);
        if (entry === undefined) throw new RangeError(`${reach(calendar)}, not on ${formatDay(day)}`);
        if (entry.session !== undefined && entry.session.close > time) return entry.session.close;
      }
    },
  };
  return calendar;
}

function localTime(timeZone: string) {
  const offset = zoneOffset(timeZone);
  return {
    localDay: (time: number): DayNumber => Math.floor((time + offset(time)) / dayMs),
    /** The moment of a day's clock, in minutes after midnight. */
    momentOf: (day: DayNumber, minutes: number): number => {
      const local = day * dayMs + minutes * minuteMs;
      // The offset is that of the answer, not of the local figure read as UTC: the second look settles it.
      const near = local - offset(local);
      return local - offset(near);
    },
  };
}
