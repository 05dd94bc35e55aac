/**
 * New York Stock Exchange: sessions, holidays and half days from 1990, by rule.
 *
 * Rules after NYSE Rule 7.2 and the exchange's list of closings; checked day by day against PyPI `exchange_calendars`
 * (XNYS, 1990–2040) in the tests. What the rules cannot know, a day of mourning or a storm, is listed at the end of
 * `specialClosings` when it happens.
 */
import type { ExchangeCalendar } from "./calendar.js";
import { dayNumber, easterSunday, nthWeekday, parseDay, weekday, yearOf, type DayNumber } from "./dates.js";
import { calendarFromRules, type TradingHours } from "./rule-calendar.js";

const sunday = 0;
const monday = 1;
const wednesday = 3;
const thursday = 4;
const friday = 5;
const saturday = 6;

const fullDay: TradingHours = { open: 9 * 60 + 30, close: 16 * 60, halfDay: false };
const halfDay: TradingHours = { open: 9 * 60 + 30, close: 13 * 60, halfDay: true };
/** Half days ended at two o'clock until 1992. */
const halfDayBefore1993: TradingHours = { open: 9 * 60 + 30, close: 14 * 60, halfDay: true };

const specialClosings = daysOf(
  "1994-04-27", // mourning for President Nixon
  "2001-09-11", // attacks of September 11th
  "2001-09-12",
  "2001-09-13",
  "2001-09-14",
  "2004-06-11", // mourning for President Reagan
  "2007-01-02", // mourning for President Ford
  "2012-10-29", // hurricane Sandy
  "2012-10-30",
  "2018-12-05", // mourning for President George H. W. Bush
  "2025-01-09", // mourning for President Carter
);

const specialHalfDays = daysOf(
  "1997-12-26", // Fridays after Christmas; the one of 2008 was a full day
  "2003-12-26",
  "1999-12-31", // New Year's Eve of 1999
);

function daysOf(...dates: string[]): ReadonlySet<DayNumber> {
  return new Set(dates.map((date) => parseDay(date) ?? NaN));
}

/** A Saturday's holiday is kept on the Friday before, a Sunday's on the Monday after. */
function observed(day: DayNumber): DayNumber {
  if (weekday(day) === saturday) return day - 1;
  return weekday(day) === sunday ? day + 1 : day;
}

/** A Saturday's New Year is not made up for: the Friday belongs to the old year's books (Rule 7.2). */
function newYear(year: number): DayNumber {
  const day = dayNumber(year, 1, 1);
  return weekday(day) === sunday ? day + 1 : day;
}

function holidaysOf(year: number): ReadonlySet<DayNumber> {
  const days = [
    newYear(year),
    nthWeekday(year, 2, monday, 3), // Washington's birthday
    easterSunday(year) - 2, // Good Friday
    nthWeekday(year, 5, monday, -1), // Memorial Day
    observed(dayNumber(year, 7, 4)), // Independence Day
    nthWeekday(year, 9, monday, 1), // Labor Day
    nthWeekday(year, 11, thursday, 4), // Thanksgiving
    observed(dayNumber(year, 12, 25)), // Christmas
  ];
  if (year >= 1998) days.push(nthWeekday(year, 1, monday, 3)); // Martin Luther King
  if (year >= 2022) days.push(observed(dayNumber(year, 6, 19))); // Juneteenth
  return new Set(days);
}

/** Half days of a year, where they are no holidays or weekends (those are looked at first). */
function halfDaysOf(year: number): ReadonlySet<DayNumber> {
  const days: DayNumber[] = [];
  if (year >= 1992) days.push(nthWeekday(year, 11, thursday, 4) + 1); // day after Thanksgiving
  const christmasEve = dayNumber(year, 12, 24);
  // On a Friday it is the observed holiday itself.
  if (weekday(christmasEve) !== friday) days.push(christmasEve);
  const third = dayNumber(year, 7, 3);
  // With July 4th on a Thursday, the Friday after was the half day until 2012 and the Wednesday before is since 2013.
  if (year >= 1995 && weekday(third) !== wednesday) days.push(third);
  if (year >= 2013 && weekday(third) === wednesday) days.push(third);
  if (year >= 1995 && year < 2013 && weekday(third) === wednesday) days.push(third + 2);
  return new Set(days);
}

function perYear(make: (year: number) => ReadonlySet<DayNumber>): (day: DayNumber) => boolean {
  const years = new Map<number, ReadonlySet<DayNumber>>();
  return (day) => {
    const year = yearOf(day);
    let days = years.get(year);
    if (days === undefined) years.set(year, (days = make(year)));
    return days.has(day);
  };
}

const isHoliday = perYear(holidaysOf);
const isHalfDay = perYear(halfDaysOf);

/** The New York Stock Exchange, from 1990 to 2099. */
export const nyse: ExchangeCalendar = calendarFromRules({
  name: "XNYS",
  timeZone: "America/New_York",
  firstDay: "1990-01-01",
  lastDay: "2099-12-31",
  hours(day) {
    const which = weekday(day);
    if (which === saturday || which === sunday || isHoliday(day) || specialClosings.has(day)) return undefined;
    if (isHalfDay(day)) return yearOf(day) < 1993 ? halfDayBefore1993 : halfDay;
    return specialHalfDays.has(day) ? halfDay : fullDay;
  },
});
