import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../schemas/files.js";
import type { ExchangeCalendar } from "./calendar.js";
import { checkCalendarData } from "./calendar-data.js";
import { calendarFromData } from "./data-calendar.js";

/** Exchanges of which `data/` holds a file; `data/make-calendars.py` makes them. */
export const shippedExchanges = [
  "XAMS",
  "XASX",
  "XBOM",
  "XETR",
  "XHKG",
  "XLON",
  "XPAR",
  "XSHG",
  "XSWX",
  "XTKS",
  "XTSE",
] as const;

/** Reads and checks one, in some 2 ms. */
export function shippedCalendar(name: string): ExchangeCalendar {
  const file = join(packageRoot, "operators", "calendar", "data", `${name}.json`);
  return calendarFromData(checkCalendarData(JSON.parse(readFileSync(file, "utf8"))));
}
