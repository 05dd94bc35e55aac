import type { Bar } from "../../schemas/generated/types.js";
import { reach, type CalendarLookup, type ExchangeCalendar } from "../calendar/calendar.js";
import { reject } from "../operator.js";

type Rejection = ReturnType<typeof reject>;

/** Nothing is told from a calendar of days that it does not know: neither when the next bar is due nor how many are missing. */
export function calendarOfBar(bar: Readonly<Bar>, calendars: CalendarLookup): ExchangeCalendar | Rejection {
  const calendar = calendars(bar.calendar);
  if (calendar === undefined) return noCalendar(bar.calendar);
  return beyond(calendar, `a bar of ${bar.symbol}`, bar.eventTime) ?? calendar;
}

export const noCalendar = (name: string): Rejection =>
  reject("UNKNOWN_CALENDAR", `no calendar is named ${JSON.stringify(name.slice(0, 40))}`);

/** Why nothing can be said of this moment; undefined where the calendar knows it. */
export const beyond = (calendar: ExchangeCalendar, what: string, time: number): Rejection | undefined =>
  calendar.covers(time) ? undefined : reject("BEYOND_CALENDAR", `${what} from ${moment(time)}: ${reach(calendar)}`);

/** Times outside of what a date can hold are numbers. */
const moment = (time: number): string =>
  Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : `the time ${time}`;
