import { always } from "./always.js";
import type { ExchangeCalendar } from "./calendar.js";
import { nyse } from "./nyse.js";

const calendars = new Map<string, ExchangeCalendar>();

/** Adds a calendar under its name, so that configuration can name it. */
export function registerCalendar(calendar: ExchangeCalendar): void {
  if (calendars.has(calendar.name)) throw new Error(`There is a calendar named ${calendar.name} already`);
  calendars.set(calendar.name, calendar);
}

/** @throws Error that lists the known names */
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
