import type { ExchangeCalendar } from "./calendar.js";
import { weekday } from "./dates.js";
import { calendarFromRules } from "./rule-calendar.js";

const wholeDay = { open: 0, close: 24 * 60, halfDay: false };
const known = { timeZone: "UTC", firstDay: "1970-01-01", lastDay: "2099-12-31" };

/** A market that never closes (currencies, crypto-currencies): one session a UTC day, from midnight to midnight. */
export const always: ExchangeCalendar = calendarFromRules({ ...known, name: "ALWAYS", hours: () => wholeDay });

/** The same under the name by which crypto-currencies are known; compared with that of PyPI `exchange_calendars`. */
export const roundTheClock: ExchangeCalendar = calendarFromRules({ ...known, name: "24/7", hours: () => wholeDay });

/**
 * Currencies: Monday to Friday, each a session from midnight to midnight UTC, without holidays, as PyPI `exchange_calendars`
 * has them.
 */
export const weekdays: ExchangeCalendar = calendarFromRules({
  ...known,
  name: "24/5",
  hours: (day) => (weekday(day) === 0 || weekday(day) === 6 ? undefined : wholeDay),
});
