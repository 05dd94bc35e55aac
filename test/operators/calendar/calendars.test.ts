import assert from "node:assert/strict";
import { test } from "node:test";
import {
  calendarByName,
  calendarNames,
  findCalendar,
  registerCalendar,
} from "../../../operators/calendar/calendars.js";
import { dayNumber, easterSunday, formatDay, nthWeekday } from "../../../operators/calendar/dates.js";
import { calendarFromRules } from "../../../operators/calendar/rule-calendar.js";
import { zoneOffset } from "../../../operators/calendar/time-zone.js";

test("calendars are found by name, and an unknown name lists the known ones", () => {
  const exchanges = "XAMS XASX XBOM XETR XHKG XLON XNAS XNYS XPAR XSHG XSWX XTKS XTSE".split(" ");
  assert.deepEqual(calendarNames(), ["24/5", "24/7", "ALWAYS", ...exchanges]);
  for (const name of calendarNames()) assert.equal(calendarByName(name).name, name === "XNAS" ? "XNYS" : name);
  assert.equal(calendarByName("XNAS"), calendarByName("XNYS"));
  assert.equal(findCalendar("XXXX"), undefined);
  assert.throws(() => calendarByName("XXXX"), /"XXXX"; known: 24\/5, 24\/7, ALWAYS, XAMS/);
});

test("a calendar of one's own plugs in, once", () => {
  const tokyo = calendarFromRules({
    name: "TEST-TOKYO",
    timeZone: "Asia/Tokyo",
    firstDay: "2020-01-01",
    lastDay: "2021-12-31",
    hours: () => ({ open: 9 * 60, close: 15 * 60, halfDay: false }),
  });
  registerCalendar(tokyo);
  assert.equal(calendarByName("TEST-TOKYO"), tokyo);
  assert.throws(() => registerCalendar(tokyo), /already/);
  assert.equal(tokyo.session("2020-05-05")?.close, Date.parse("2020-05-05T06:00:00Z"));
  assert.equal(tokyo.dateOf(Date.parse("2020-05-05T15:00:00Z")), "2020-05-06");
  assert.equal(tokyo.nextClose(Date.parse("2020-05-05T06:00:00Z")), Date.parse("2020-05-06T06:00:00Z"));
});

test("a market that never closes has a session a UTC day", () => {
  const always = calendarByName("ALWAYS");
  const session = always.session("2016-02-29");
  assert.equal(session?.open, Date.parse("2016-02-29T00:00:00Z"));
  assert.equal(session.close, Date.parse("2016-03-01T00:00:00Z"));
  assert.equal(always.nextClose(session.close), session.close + 86_400_000);
  assert.equal(always.dateOf(session.close), "2016-03-01");
});

test("Easter, first and last weekdays", () => {
  // Dates of the US Census Bureau's table of Easter.
  const dates = ["1990-04-15", "2000-04-23", "2008-03-23", "2011-04-24", "2038-04-25"];
  for (const date of dates) assert.equal(formatDay(easterSunday(Number(date.slice(0, 4)))), date);
  assert.equal(nthWeekday(2015, 5, 1, -1), dayNumber(2015, 5, 25));
  assert.equal(nthWeekday(2015, 12, 4, -1), dayNumber(2015, 12, 31));
  assert.equal(nthWeekday(2015, 11, 4, 4), dayNumber(2015, 11, 26));
});

test("offsets change at the second of the change", () => {
  const offset = zoneOffset("America/New_York");
  const spring = Date.parse("2015-03-08T07:00:00Z");
  assert.equal(offset(spring - 1), -5 * 3_600_000);
  assert.equal(offset(spring), -4 * 3_600_000);
  const autumn = Date.parse("2015-11-01T06:00:00Z");
  assert.equal(offset(autumn - 1), -4 * 3_600_000);
  assert.equal(offset(autumn), -5 * 3_600_000);
  assert.equal(zoneOffset("UTC")(0), 0);
  assert.equal(zoneOffset("Asia/Kolkata")(0), 5.5 * 3_600_000);
  assert.throws(() => zoneOffset("Mars/Olympus"), RangeError);
});
