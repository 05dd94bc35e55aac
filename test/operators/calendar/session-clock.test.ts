/** Bars between two moments, where a session has a lunch break. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarByName } from "../../../operators/calendar/calendars.js";
import { sessionClock, spanOf } from "../../../operators/calendar/session-clock.js";
import { sessionMinutes } from "../../../pipelines/ingest/simulation/sessions.js";

const tokyo = calendarByName("XTKS");
const between = (interval: string, from: string, to: string): number =>
  sessionClock(tokyo).barsBetween(Date.parse(from), Date.parse(to), spanOf(interval) ?? NaN);

test("bars that are expected between two, across the lunch break, the night and a holiday", () => {
  // Tokyo, UTC+9: 00:00 to 02:30 and 03:30 to 06:30 UTC since 2024-11-05; to 06:00 before.
  assert.equal(between("1m", "2024-11-06T02:30Z", "2024-11-06T03:31Z"), 0);
  assert.equal(between("1m", "2024-11-06T02:29Z", "2024-11-06T03:32Z"), 2);
  assert.equal(between("30m", "2024-11-06T02:30Z", "2024-11-06T04:00Z"), 0);
  assert.equal(between("1h", "2024-11-06T02:00Z", "2024-11-06T04:30Z"), 1, "the short one before the break");
  assert.equal(between("1h", "2024-11-06T01:00Z", "2024-11-06T06:30Z"), 4);
  assert.equal(between("1h", "2024-11-05T06:30Z", "2024-11-06T01:00Z"), 0, "over the night");
  assert.equal(between("1d", "2024-11-01T06:00Z", "2024-11-05T06:30Z"), 0, "Monday 4th was a holiday");
  assert.equal(between("1m", "2024-11-01T06:00Z", "2024-11-06T00:01Z"), 330, "all of Tuesday 5th");
});

test("the counts equal those of the bars themselves", () => {
  for (const [name, minutes] of [
    ["XTKS", 15],
    ["XHKG", 30],
    ["XASX", 10],
    ["XLON", 6],
  ] as const) {
    const calendar = calendarByName(name);
    const times: number[] = [];
    for (const { time } of sessionMinutes(calendar, Date.parse("2024-12-20T00:00Z"), minutes)) {
      if (times.length === 400) break;
      times.push(time);
    }
    for (const [from, to] of [
      [0, 1],
      [3, 200],
      [17, 399],
      [90, 130],
    ] as const) {
      const found = sessionClock(calendar).barsBetween(times[from] ?? 0, times[to] ?? 0, minutes * 60_000);
      assert.equal(found, to - from - 1, `${name} ${from} ${to}`);
    }
  }
});
