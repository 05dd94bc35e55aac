import type { ExchangeCalendar } from "./calendar.js";
import { calendarFromRules } from "./rule-calendar.js";

/** A market that never closes (currencies, crypto-currencies): one session a UTC day, from midnight to midnight. */
export const always: ExchangeCalendar = calendarFromRules({
  name: "ALWAYS",
  timeZone: "UTC",
  firstYear: 1970,
  lastYear: 2099,
  hours: () => ({ open: 0, close: 24 * 60, halfDay: false }),
});
