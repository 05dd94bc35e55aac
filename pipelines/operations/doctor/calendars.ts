import { reach, type CalendarLookup } from "../../../operators/calendar/calendar.js";
import { findCalendar } from "../../../operators/calendar/calendars.js";
import { dayMs } from "../../../operators/calendar/dates.js";
import { error, ok, warning, type Check, type Finding } from "./check.js";

/** How long before its end a calendar is warned of: exchanges announce a year's holidays months ahead. */
const noticeDays = 365;

const remedy =
  "Install a release of newstape that knows more; or copy operators/calendar/data/<name>.json, add the days that the exchange has announced, set its `last`, and name the file in NEWSTAPE_CALENDARS for every process (operators/README.md). Then newstape rejected replay.";

/** Whether the calendars by which the landed bars go reach far enough. */
export const calendars: Check = {
  name: "calendars",
  looksAt: "whether the calendars of the exchanges in use reach a year ahead",
  needs: ["database"],
  async run({ database }) {
    const rows = await database.query<{ calendar: string }>(
      "SELECT DISTINCT calendar FROM market_context ORDER BY calendar",
    );
    const inUse = rows.map(({ calendar }) => calendar);
    const findings = calendarFindings(inUse, Date.now(), findCalendar);
    const rest = inUse.length === 0 ? "no bars of a market have landed" : `in use: ${inUse.join(", ")}`;
    return findings.length > 0 ? findings : [ok(rest)];
  },
};

/** @param now ms since 1970 */
export function calendarFindings(inUse: readonly string[], now: number, find: CalendarLookup): Finding[] {
  return inUse.flatMap((name) => {
    const calendar = find(name);
    if (calendar === undefined) {
      return error(
        `bars of the calendar ${name} have landed, and no calendar is named so here`,
        "It was one of your own, or another build's. The stages reject its bars with UNKNOWN_CALENDAR.",
        "Name its file in NEWSTAPE_CALENDARS for every process (operators/README.md). Then newstape rejected replay.",
      );
    }
    if (!calendar.covers(now)) {
      return error(
        `${reach(calendar)}, and it is in use`,
        "Its bars are refused with BEYOND_CALENDAR: it is not known when its exchange is open.",
        remedy,
      );
    }
    if (calendar.covers(now + noticeDays * dayMs)) return [];
    return warning(
      `${reach(calendar)}, and it is in use`,
      "After that its bars are refused with BEYOND_CALENDAR: it is not known when its exchange is open.",
      remedy,
    );
  });
}
