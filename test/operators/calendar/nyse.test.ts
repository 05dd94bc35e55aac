import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dayMs, formatDay, parseDay, weekday } from "../../../operators/calendar/dates.js";
import { nyse } from "../../../operators/calendar/nyse.js";
import { packageRoot } from "../../../schemas/files.js";

interface Expected {
  readonly open: number;
  readonly close: number;
}

/** The schedule of PyPI `exchange_calendars`, day by day. */
function oracle(): Map<string, Expected> {
  const text = readFileSync(join(packageRoot, "test/fixtures/calendar/xnys-schedule.csv"), "utf8");
  const sessions = new Map<string, Expected>();
  for (const line of text.trim().split("\n").slice(1)) {
    const [first = "", last = "", open = "", close = ""] = line.split(",");
    for (let day = parseDay(first) ?? NaN; day <= (parseDay(last) ?? NaN); day++) {
      const date = formatDay(day);
      if (weekday(day) === 0 || weekday(day) === 6) continue;
      sessions.set(date, { open: Date.parse(`${date}T${open}Z`), close: Date.parse(`${date}T${close}Z`) });
    }
  }
  return sessions;
}

const expected = oracle();
const firstDay = Date.UTC(1990, 0, 1) / dayMs;
const lastDay = Date.UTC(2040, 11, 31) / dayMs;

test("every session, opening, close and half day from 1990 to 2040 equals exchange_calendars' XNYS", () => {
  assert.equal(expected.size, 12_833);
  for (let day = firstDay; day <= lastDay; day++) {
    const date = formatDay(day);
    const session = nyse.session(date);
    const want = expected.get(date);
    assert.deepEqual(session && { open: session.open, close: session.close }, want, date);
    if (session !== undefined) assert.equal(session.halfDay, session.close - session.open < 6.5 * 3_600_000, date);
  }
});

test("the next close is strictly after the moment, around every close", () => {
  const closes = [...expected.values()].map((session) => session.close);
  for (const [index, close] of closes.entries()) {
    assert.equal(nyse.nextClose(close - 1), close);
    const following = closes[index + 1];
    if (following === undefined) continue;
    assert.equal(nyse.nextClose(close), following);
    assert.equal(nyse.nextClose(close + 1), following);
  }
});

test("dates are New York's, in summer and in winter time", () => {
  assert.equal(nyse.dateOf(Date.parse("2015-07-01T03:59:59.999Z")), "2015-06-30");
  assert.equal(nyse.dateOf(Date.parse("2015-07-01T04:00:00Z")), "2015-07-01");
  assert.equal(nyse.dateOf(Date.parse("2015-01-15T04:59:59.999Z")), "2015-01-14");
  assert.equal(nyse.dateOf(Date.parse("2015-01-15T05:00:00Z")), "2015-01-15");
  // On the night of the change the date still turns at local midnight.
  assert.equal(nyse.dateOf(Date.parse("2015-03-08T04:59:59Z")), "2015-03-07");
  assert.equal(nyse.dateOf(Date.parse("2015-03-09T04:00:00Z")), "2015-03-09");
  assert.equal(nyse.dateOf(Date.parse("2015-11-01T04:00:00Z")), "2015-11-01");
  assert.equal(nyse.dateOf(Date.parse("2015-11-02T04:59:59Z")), "2015-11-01");
});

test("dateOf agrees with Intl on every hour of ten years", () => {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York", dateStyle: "short" });
  for (let time = Date.UTC(2010, 0, 1); time < Date.UTC(2020, 0, 1); time += 3_600_000) {
    assert.equal(nyse.dateOf(time), format.format(time));
  }
});

test("what is no date, or lies outside the known years, has no session", () => {
  for (const date of ["2015-02-30", "2015-2-3", "", "garbage", "1989-12-29", "2100-01-04", "2015-09-30T00:00"]) {
    assert.equal(nyse.session(date), undefined, date);
  }
  assert.throws(() => nyse.nextClose(Date.UTC(1980, 0, 1)), RangeError);
  assert.throws(() => nyse.nextClose(Date.UTC(2099, 11, 31, 22)), RangeError);
  assert.throws(() => nyse.nextClose(NaN), RangeError);
  assert.throws(() => nyse.dateOf(NaN), RangeError);
});
