import { always, roundTheClock, weekdays } from "./always.js";
import type { ExchangeCalendar } from "./calendar.js";
import { nyse } from "./nyse.js";
import { shippedCalendar, shippedExchanges } from "./shipped.js";

/** What makes one, and the one that was made: a file is read when its calendar is first asked for. */
type Source = () => ExchangeCalendar;

const once = (make: Source): Source => {
  let made: ExchangeCalendar | undefined;
  return () => (made ??= make());
};

/** By rule, and never replaced: their days are a contract, or every day is one. */
const byRule: readonly ExchangeCalendar[] = [nyse, always, roundTheClock, weekdays];

/** Nasdaq has the sessions of New York and is one market with it: the calendar of this name is that of the other. */
const aliases: Readonly<Record<string, ExchangeCalendar>> = { XNAS: nyse };

const built = new Map<string, Source>([
  ...byRule.map((calendar) => [calendar.name, () => calendar] as const),
  ...Object.entries(aliases).map(([name, calendar]) => [name, () => calendar] as const),
  ...shippedExchanges.map((name) => [name, once(() => shippedCalendar(name))] as const),
]);
const registered = new Map<string, ExchangeCalendar>();
let own: ReadonlyMap<string, ExchangeCalendar> = new Map();

/**
 * Adds a calendar under its name, so that bars and configuration can name it.
 *
 * @throws Error when there is one of that name
 */
export function registerCalendar(calendar: ExchangeCalendar): void {
  if (findCalendar(calendar.name)) throw new Error(`There is a calendar named ${calendar.name} already`);
  registered.set(calendar.name, calendar);
}

/** Whether a calendar of one's own may take the place of what is known by this name. */
export const isReplaceable = (name: string): boolean =>
  !byRule.some((calendar) => calendar.name === name) && aliases[name] === undefined && !registered.has(name);

/** The calendars that the configuration names, in place of those that it named before; they go before shipped ones. */
export function useOwnCalendars(calendars: readonly ExchangeCalendar[]): void {
  own = new Map(calendars.map((calendar) => [calendar.name, calendar]));
}

/** What tells the calendars of one's own from others: the same file is read otherwise with others. Undefined without any. */
export function ownCalendarsContent(): string | undefined {
  if (own.size === 0) return undefined;
  const calendars = [...own.values()].map(({ name, content = "" }) => `${name} ${content}`);
  return `calendars ${calendars.sort().join(", ")}`;
}

/** The calendar of this name; undefined where there is none. That of `XNAS` is named `XNYS`: they are one market. */
export const findCalendar = (name: string): ExchangeCalendar | undefined =>
  own.get(name) ?? registered.get(name) ?? built.get(name)?.();

/**
 * The calendar of this name.
 *
 * @param name a MIC like `XNYS` or `XLON`, `24/7`, `24/5`, `ALWAYS`, or one of one's own
 * @throws Error that lists the known names
 * @example
 * ```ts
 * import { calendarByName } from "newstape";
 *
 * const nyse = calendarByName("XNYS");
 * console.log(nyse.session("2015-07-03")); // undefined
 * console.log(new Date(nyse.session("2015-11-27")!.close).toISOString()); // 2015-11-27T18:00:00.000Z
 * const tokyo = calendarByName("XTKS");
 * console.log(new Date(tokyo.session("2024-11-05")!.close).toISOString(), tokyo.lastDay); // 2024-11-05T06:30:00.000Z 2030-12-31
 * ```
 */
export function calendarByName(name: string): ExchangeCalendar {
  const calendar = findCalendar(name);
  if (calendar === undefined) throw new Error(`No calendar is named "${name}"; known: ${calendarNames().join(", ")}`);
  return calendar;
}

/** Every name that finds one, ascending. */
export const calendarNames = (): string[] =>
  [...new Set([...built.keys(), ...registered.keys(), ...own.keys()])].sort();
