/** Calendars of one's own: files in the form of `operators/calendar/data/`, which the configuration names. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { ExchangeCalendar } from "../operators/calendar/calendar.js";
import { CalendarDataError, checkCalendarData } from "../operators/calendar/calendar-data.js";
import { isReplaceable } from "../operators/calendar/calendars.js";
import { calendarFromData } from "../operators/calendar/data-calendar.js";
import { recordId } from "../operators/record-id.js";
import { messageOf, UserError } from "./runtime/errors.js";
import { declareSettings } from "./runtime/settings.js";

export interface CalendarSettings {
  /** Calendars of one's own; they go before the shipped ones of the same name. */
  readonly calendars: readonly ExchangeCalendar[];
}

export const calendarSettings = declareSettings(
  {
    NEWSTAPE_CALENDARS: z
      .string()
      .optional()
      .describe("JSON file, or folder of such, with calendars of your own; each takes the place of the shipped one."),
  },
  ({ NEWSTAPE_CALENDARS: path }): CalendarSettings => ({ calendars: path === undefined ? [] : readCalendars(path) }),
);

const remedy = "The form is explained in operators/README.md; NEWSTAPE_CALENDARS names the file or folder.";

/**
 * The calendars of a file (one, or a list of them) or of the `.json` files of a folder.
 *
 * @throws UserError for what cannot be read, with a sentence for everything that is wrong with it
 */
export function readCalendars(path: string): ExchangeCalendar[] {
  const found = new Map<string, { readonly file: string; readonly calendar: ExchangeCalendar }>();
  for (const file of filesOf(resolve(path))) {
    for (const [at, value] of valuesOf(file)) {
      const calendar = calendarOf(value, at);
      const other = found.get(calendar.name);
      if (other) throw new UserError(`${at} and ${other.file} both hold a calendar ${calendar.name}`, remedy);
      if (!isReplaceable(calendar.name)) {
        throw new UserError(
          `${at}: ${calendar.name} is the name of a calendar that cannot be replaced`,
          "Name yours otherwise, and let your universe say so of its symbols.",
        );
      }
      found.set(calendar.name, { file: at, calendar });
    }
  }
  return [...found.values()].map(({ calendar }) => calendar);
}

function filesOf(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const files = readdirSync(path).filter((name) => name.endsWith(".json"));
    if (files.length > 0) return files.sort().map((name) => join(path, name));
  } catch (error) {
    throw new UserError(`the calendars of ${path} cannot be read: ${messageOf(error)}`, remedy, { cause: error });
  }
  throw new UserError(`the folder ${path} holds no .json file`, remedy);
}

/** The calendars of a file, each with where it stands. */
function valuesOf(file: string): (readonly [string, unknown])[] {
  let value: unknown;
  try {
    // A byte order mark is no part of JSON, and editors write one.
    value = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new UserError(`the calendar ${file} cannot be read: ${messageOf(error)}`, remedy, { cause: error });
  }
  return Array.isArray(value) ? value.map((of, index) => [`${file}, number ${index + 1}`, of]) : [[file, value]];
}

function calendarOf(value: unknown, at: string): ExchangeCalendar {
  try {
    const data = checkCalendarData(value);
    return { ...calendarFromData(data), content: recordId(JSON.stringify(data)) };
  } catch (error) {
    if (!(error instanceof CalendarDataError)) throw error;
    throw new UserError(`the calendar ${at} is wrong: ${error.message}`, remedy, { cause: error });
  }
}
