import { always } from "./always.js";
import type { ExchangeCalendar } from "./calendar.js";
import { nyse } from "./nyse.js";

const calendars = new Map<string, ExchangeCalendar>();

/**
 * Adds a calendar under its name, so that configuration can name it.
 *
 * @throws Error when there is one of that name
 */
export function registerCalendar(calendar: ExchangeCalendar): void {
  if (calendars.has(calendar.name)) throw new Error(`There is a calendar named ${calendar.name} already`);
  calendars.set(calendar.name, calendar);
}

/**
 * The calendar of this name.
 *
 * @param name `XNYS`, `always`, or one that was registered
 * @throws Error that lists the known names
 * @example
 * ```ts
 * import { calendarByName } from "newstape";
 *
 * const nyse = calendarByName("XNYS");
 * console.log(nyse.session("2015-07-03")); // undefined
 * console.log(new Date(nyse.session("2015-11-27")!.close).toISOString()); // 2015-11-27T18:00:00.000Z
 * ```
 */
export function calendarByName(name: string): ExchangeCalendar {
  const calendar = calendars.get(name);
  if (calendar === undefined) throw new Error(`No calendar is named "${name}"; known: ${calendarNames().join(", ")}`);
  return calendar;
}

export function calendarNames(): string[] {
  return [...calendars.keys()].sort();
}

registerCalendar(nyse);
registerCalendar(always);
