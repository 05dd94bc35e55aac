import { defaultCalendar } from "../../../operators/calendar/calendar.js";
import { calendarByName, calendarNames } from "../../../operators/calendar/calendars.js";

/** Whether there is a calendar of an exchange, asked for as it stands now: calendars of one's own are added at the start. */
export const hasCalendar = (exchange: string): boolean => calendarNames().includes(exchange);

/** The name of an exchange's calendar: exchanges that share their sessions share a calendar. */
export const calendarNameOf = (exchange: string | undefined): string =>
  exchange === undefined ? defaultCalendar : calendarByName(exchange).name;

/** The date at an exchange, `YYYY-MM-DD`, of a moment in ms since 1970. */
export const dateAt = (exchange: string | undefined, time: number): string =>
  calendarByName(calendarNameOf(exchange)).dateOf(time);
