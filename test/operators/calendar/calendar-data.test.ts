import assert from "node:assert/strict";
import { test } from "node:test";
import { CalendarDataError, checkCalendarData } from "../../../operators/calendar/calendar-data.js";
import { calendarFromData } from "../../../operators/calendar/data-calendar.js";

const sound = {
  name: "XSTO",
  timeZone: "Europe/Stockholm",
  first: "2024-01-01",
  last: "2025-12-31",
  hours: [
    { from: "2024-01-01", days: "1111100", open: "09:00", close: "17:30", break: ["12:00", "13:00"] },
    { from: "2025-01-01", days: "1111110", open: "09:00", close: "17:00" },
  ],
  closed: ["2024-06-21"],
  special: [
    { close: "11:00", dates: ["2024-05-08"] },
    { open: "14:00", dates: ["2024-05-10"] },
    { break: ["11:00", "14:00"], dates: ["2024-05-13"] },
    { open: "10:00", close: "24:00", dates: ["2024-05-11"] },
  ],
};

const faultsOf = (changes: object): readonly string[] => {
  try {
    checkCalendarData({ ...sound, ...changes });
  } catch (error) {
    assert.ok(error instanceof CalendarDataError);
    return error.faults;
  }
  return [];
};

test("a calendar of one's own: regular hours, closed days, special sessions and breaks", () => {
  const calendar = calendarFromData(checkCalendarData(sound));
  const times = (date: string): readonly (string | boolean)[] | undefined => {
    const session = calendar.session(date);
    if (!session) return undefined;
    const clock = (time: number) => new Date(time).toISOString().slice(8, 16);
    const { open, close, break: pause, halfDay } = session;
    return [clock(open), ...(pause ? [clock(pause.start), clock(pause.end)] : []), clock(close), halfDay];
  };
  assert.deepEqual(times("2024-02-01"), ["01T08:00", "01T11:00", "01T12:00", "01T16:30", false]);
  assert.equal(times("2024-06-21"), undefined);
  assert.equal(times("2024-02-03"), undefined);
  assert.deepEqual(times("2025-02-01"), ["01T08:00", "01T16:00", false]);
  assert.deepEqual(times("2024-05-08"), ["08T07:00", "08T09:00", true]);
  assert.deepEqual(times("2024-05-10"), ["10T12:00", "10T15:30", true]);
  assert.deepEqual(times("2024-05-13"), ["13T07:00", "13T09:00", "13T12:00", "13T15:30", false]);
  assert.deepEqual(times("2024-05-11"), ["11T08:00", "11T10:00", "11T11:00", "11T22:00", true]);
  assert.equal(times("2023-12-29"), undefined);
});

const faulty: readonly (readonly [object, RegExp])[] = [
  [{ name: "sto" }, /^name is "sto", and not like XLON/],
  [{ name: "A|B" }, /^name is "A\|B"/],
  [{ timeZone: "Europe/Atlantis" }, /^timeZone is "Europe\/Atlantis", and not an IANA time zone/],
  [{ timeZone: undefined }, /^timeZone is missing/],
  [{ first: "2024-02-30" }, /^first is "2024-02-30", and not a date/],
  [{ first: "2026-01-01" }, /^first 2026-01-01 lies after last 2025-12-31/],
  [{ first: "2023-01-01" }, /^hours begin on 2024-01-01, after first 2023-01-01/],
  [{ hours: [] }, /^hours is empty/],
  [{ hours: undefined }, /^hours is missing, and not a list/],
  [{ hours: [sound.hours[0], sound.hours[0]] }, /does not lie after 2024-01-01 before it/],
  [{ hours: [{ ...sound.hours[0], days: "Mo-Fr" }] }, /^hours\[0\]\.days is "Mo-Fr", and not like 1111100/],
  [{ hours: [{ ...sound.hours[0], open: "9:00" }] }, /^hours\[0\]\.open is "9:00", and not a time like 09:30/],
  [{ hours: [{ ...sound.hours[0], close: "25:00" }] }, /^hours\[0\]\.close is "25:00"/],
  [
    { hours: [{ ...sound.hours[0], close: "08:00" }] },
    /^hours\[0\]: the close 08:00 does not lie after the open 09:00/,
  ],
  [{ hours: [{ ...sound.hours[0], break: ["08:00", "09:30"] }] }, /the break 08:00 to 09:30 does not lie within/],
  [{ hours: [{ ...sound.hours[0], break: "12:00" }] }, /^hours\[0\]\.break is "12:00", and not like \["12:00"/],
  [{ holidays: [] }, /^a calendar has no field "holidays"; it has name, exchange/],
  [{ closed: ["2024-06-21", "Christmas"] }, /^closed holds "Christmas", which is no date/],
  [{ closed: ["2031-01-01"] }, /^2031-01-01 in closed lies outside of 2024-01-01 to 2025-12-31/],
  [{ closed: ["2024-05-08"] }, /^2024-05-08 stands in closed and again in special\[0\]/],
  [
    { special: [{ close: "08:30", dates: ["2024-05-08"] }] },
    /the close 08:30 does not lie after the open 09:00 on 2024/,
  ],
  [{ special: [{ dates: "2024-05-08" }] }, /^special\[0\]\.dates is "2024-05-08", and not a list/],
  [{ special: ["2024-05-08"] }, /^special\[0\] is "2024-05-08", and not an object/],
];

test("what is wrong with a calendar is said in a sentence", () => {
  assert.deepEqual(faultsOf({}), []);
  for (const [changes, says] of faulty) assert.match(faultsOf(changes)[0] ?? "nothing", says);
  assert.throws(() => checkCalendarData([sound]), /a calendar is a JSON object/);
  assert.throws(() => checkCalendarData(null), /it is null/);
  assert.equal(faultsOf({ name: 1, timeZone: 1, first: 1, last: 1 }).length, 4);
});
