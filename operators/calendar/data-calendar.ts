import type { ExchangeCalendar } from "./calendar.js";
import { hoursOn, parseClock, type CalendarData, type RegularHours } from "./calendar-data.js";
import { formatDay, weekday, type DayNumber } from "./dates.js";
import { calendarFromRules, type TradingHours } from "./rule-calendar.js";

/** A calendar by its data, which were checked. */
export function calendarFromData(data: CalendarData): ExchangeCalendar {
  const { name, timeZone, first: firstDay, last: lastDay, hours } = data;
  const closed = new Set(data.closed);
  const special = new Map(data.special.flatMap((entry) => entry.dates.map((date) => [date, entry] as const)));
  return calendarFromRules({
    name,
    timeZone,
    firstDay,
    lastDay,
    hours(day) {
      const date = formatDay(day);
      const regular = hoursOn(hours, {}, date);
      const other = special.get(date);
      if (other !== undefined) return minutesOf(hoursOn(hours, other, date), regular);
      return closed.has(date) || !hasSessions(regular, day) ? undefined : minutesOf(regular, regular);
    },
  });
}

/** `days` begins with Monday, the number of a weekday with Sunday. */
const hasSessions = ({ days }: RegularHours, day: DayNumber): boolean => days[(weekday(day) + 6) % 7] === "1";

function minutesOf({ open, close, break: pause }: RegularHours, regular: RegularHours): TradingHours {
  const minutes = (clock: string): number => parseClock(clock) ?? NaN;
  return {
    open: minutes(open),
    close: minutes(close),
    halfDay: minutes(open) > minutes(regular.open) || minutes(close) < minutes(regular.close),
    ...(pause && { break: { start: minutes(pause[0]), end: minutes(pause[1]) } }),
  };
}
