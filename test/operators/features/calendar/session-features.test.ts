import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { always } from "../../../../operators/calendar/always.js";
import type { ExchangeCalendar } from "../../../../operators/calendar/calendar.js";
import { nyse } from "../../../../operators/calendar/nyse.js";
import { allFeatures } from "../../../../operators/features/all-features.js";
import { emptyMemory } from "../../../../operators/features/memory.js";
import { FeatureView } from "../../../../operators/features/view.js";
import type { KeptBar } from "../../../../schemas/generated/types.js";

const calendarFeatures = allFeatures.filter(({ group }) => group === "calendar");

interface Moment {
  readonly asOf: number;
  readonly bars?: readonly number[];
  readonly interval?: string;
  readonly calendar?: ExchangeCalendar;
}

function named({ asOf, bars = [asOf], interval = "1d", calendar = nyse }: Moment): Record<string, number> {
  const prices = { open: 1, high: 1, low: 1, close: 1, volume: 1, adjustment: 1, split: 1, dividendFactor: 1 };
  const recent = bars.map((time): KeptBar => ({
    id: String(time),
    time,
    availableAt: time,
    superseded: [],
    ...prices,
  }));
  const window = { opens: [], highs: [], lows: [], closes: [], volumes: [] };
  const series = { window, base: [...emptyMemory], recent, markets: [], current: [...emptyMemory] };
  const view = new FeatureView(calendar);
  view.open(series, { asOf, interval, news: null, market: null });
  return Object.fromEntries(calendarFeatures.map((feature) => [feature.name, feature.compute(view)]));
}

function assertFeatures(utc: string, expected: Record<string, number>): void {
  const found = named({ asOf: Date.parse(utc) });
  for (const [name, value] of Object.entries(expected)) {
    assert.ok(Math.abs((found[name] ?? NaN) - value) < 1e-12, `${name} at ${utc}: ${found[name]}, expected ${value}`);
  }
}

const missing = (bars: readonly string[], interval: string, calendar?: ExchangeCalendar): number => {
  const times = bars.map((bar) => Date.parse(bar));
  const found = named({ asOf: times.at(-1) ?? NaN, bars: times, interval, ...(calendar && { calendar }) });
  return Math.round(Math.expm1(found["missing-bars"] ?? NaN) * 1e9) / 1e9;
};

test("before the open, in session, after the close", () => {
  assertFeatures("2015-03-04T14:29:59Z", { "session-before": 1, "session-open": 0, "session-progress": 1 });
  assertFeatures("2015-03-04T14:30:00Z", { "session-before": 0, "session-open": 1, "session-progress": 0 });
  assertFeatures("2015-03-04T17:45:00Z", { "session-before": 0, "session-open": 1, "session-progress": 0.5 });
  assertFeatures("2015-03-04T21:00:00Z", { "session-before": 0, "session-open": 0, "session-progress": 1 });
});

test("the session is New York's on both sides of the changes of the clocks", () => {
  // Clocks changed on Sunday 8 March and on Sunday 1 November 2015.
  for (const open of ["2015-03-06T14:30:00Z", "2015-03-09T13:30:00Z", "2015-10-30T13:30:00Z", "2015-11-02T14:30:00Z"]) {
    assertFeatures(open, { "session-open": 1, "session-progress": 0 });
    assertFeatures(new Date(Date.parse(open) - 1).toISOString(), { "session-open": 0, "session-before": 1 });
  }
});

test("time of day and day of week are the exchange's, in winter and in summer", () => {
  const turn = 2 * Math.PI;
  for (const close of ["2015-01-14T21:00:00Z", "2015-07-15T20:00:00Z"]) {
    assertFeatures(close, {
      "time-of-day-sin": Math.sin((turn * 16) / 24),
      "time-of-day-cos": Math.cos((turn * 16) / 24),
      "day-of-week-sin": Math.sin((turn * 3) / 7),
      "day-of-week-cos": Math.cos((turn * 3) / 7),
    });
  }
  assertFeatures("2015-01-15T04:59:59.999Z", { "day-of-week-sin": Math.sin((turn * 3) / 7) });
  assertFeatures("2015-01-15T05:00:00Z", { "day-of-week-sin": Math.sin((turn * 4) / 7), "time-of-day-sin": 0 });
});

test("a half day ends at one o'clock", () => {
  assertFeatures("2014-11-28T17:59:59Z", { "half-day": 1, "session-open": 1, "close-proximity": 30 / (30 + 1 / 60) });
  assertFeatures("2014-11-28T16:15:00Z", { "half-day": 1, "session-progress": 0.5 });
  assertFeatures("2014-11-28T18:00:00Z", { "half-day": 1, "session-open": 0 });
  assertFeatures("2014-11-26T18:00:00Z", { "half-day": 0, "session-open": 1 });
});

test("days to and since sessions, over a weekend and a holiday", () => {
  assertFeatures("2015-01-16T20:00:00Z", { "days-to-session": 4, "days-since-session": 1 });
  assertFeatures("2015-01-16T21:30:00Z", { "days-to-session": 4, "days-since-session": 0 });
  assertFeatures("2015-01-18T12:00:00Z", { "days-to-session": 2, "days-since-session": 2, "session-before": 0 });
  assertFeatures("2015-01-20T14:00:00Z", { "days-to-session": 0, "days-since-session": 4 });
  assertFeatures("2015-01-20T20:00:00Z", { "days-to-session": 1, "days-since-session": 4 });
});

test("the turn of the month is counted in sessions", () => {
  assertFeatures("2015-07-01T20:00:00Z", { "month-start": 1, "month-end": 1 / 23 });
  assertFeatures("2015-07-02T20:00:00Z", { "month-start": 1 / 2, "month-end": 1 / 22 });
  assertFeatures("2015-07-31T20:00:00Z", { "month-start": 1 / 22, "month-end": 1 / 2 });
  assertFeatures("2015-08-01T20:00:00Z", { "month-start": 1, "month-end": 1 / 22 });
});

test("daily bars that are missing are counted by sessions", () => {
  assert.equal(missing(["2015-01-16T21:00:00Z"], "1d"), 0);
  assert.equal(missing(["2015-01-16T21:00:00Z", "2015-01-20T21:00:00Z"], "1d"), 0);
  assert.equal(missing(["2015-01-16T21:00:00Z", "2015-01-21T21:00:00Z"], "1d"), 1);
  assert.equal(missing(["2014-12-30T21:00:00Z", "2015-01-05T21:00:00Z"], "1d"), 2);
  assert.equal(missing(["2013-12-31T21:00:00Z", "2015-01-02T21:00:00Z"], "1d"), 252);
});

test("bars within a session that are missing are counted by its time", () => {
  assert.equal(missing(["2015-03-04T15:00:00Z", "2015-03-04T15:01:00Z"], "1m"), 0);
  assert.equal(missing(["2015-03-04T15:00:00Z", "2015-03-04T15:10:00Z"], "1m"), 9);
  assert.equal(missing(["2015-03-04T21:00:00Z", "2015-03-05T14:31:00Z"], "1m"), 0);
  assert.equal(missing(["2015-03-04T20:59:00Z", "2015-03-05T14:33:00Z"], "1m"), 3);
  assert.equal(missing(["2015-03-04T21:00:00Z", "2015-03-06T14:31:00Z"], "1m"), 390);
  assert.equal(missing(["2014-11-26T21:00:00Z", "2014-12-01T14:31:00Z"], "1m"), 210, "the half day between");
  assert.equal(missing(["2015-03-04T20:30:00Z", "2015-03-04T21:00:00Z"], "1h"), 0, "the last hour is half an hour");
  assert.equal(missing(["2015-03-04T20:30:00Z", "2015-03-05T15:30:00Z"], "1h"), 1);
  assert.equal(missing(["2015-03-04T22:00:00Z", "2015-03-04T22:05:00Z"], "1m"), 0, "outside of the session");
});

test("the market that never closes has sessions from midnight to midnight", () => {
  const asOf = Date.parse("2016-02-29T06:00:00Z");
  const found = named({ asOf, calendar: always });
  assert.deepEqual(
    ["session-open", "session-progress", "days-to-session", "days-since-session"].map((name) => found[name]),
    [1, 0.25, 1, 1],
  );
  assert.equal(missing(["2016-02-28T23:00:00Z", "2016-02-29T02:00:00Z"], "1h", always), 2);
});

test("where the calendar knows nothing, and for an interval of any other form, nothing is near and nothing missing", () => {
  const found = named({ asOf: 10, bars: [5, 10] });
  assert.deepEqual(
    [
      "session-open",
      "session-before",
      "session-progress",
      "close-proximity",
      "days-to-session",
      "days-since-session",
    ].map((name) => found[name]),
    [0, 0, 1, 0, 10, 10],
  );
  for (const interval of ["", "1w", "2d", "tick", "0m", "-5m"]) {
    assert.equal(missing(["2013-12-31T21:00:00Z", "2015-01-02T21:00:00Z"], interval), 0, interval);
  }
});

test("any two moments of the next century give finite values, and never a negative number of bars", () => {
  const moment = fc.integer({ min: 0, max: Date.UTC(2105, 0, 1) });
  const interval = fc.constantFrom("1d", "1m", "5m", "1h", "30s", "3d");
  fc.assert(
    fc.property(moment, moment, interval, fc.constantFrom(nyse, always), (a, b, span, calendar) => {
      const bars = a === b ? [a] : [Math.min(a, b), Math.max(a, b)];
      const found = named({ asOf: Math.max(a, b), bars, interval: span, calendar });
      for (const [name, value] of Object.entries(found)) assert.ok(Number.isFinite(value), name);
      assert.ok((found["missing-bars"] ?? NaN) >= 0);
    }),
  );
});

test("bars between two closes are the closes that are there, session by session", () => {
  const sessions: { open: number; close: number }[] = [];
  for (let time = Date.UTC(2014, 9, 1); sessions.length < 90;) {
    const close = nyse.nextClose(time);
    sessions.push(nyse.session(nyse.dateOf(close)) as { open: number; close: number });
    time = close;
  }
  for (const [interval, span] of [
    ["1m", 60_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["1d", Infinity],
  ] as const) {
    const closes = sessions.flatMap(({ open, close }) => {
      const times: number[] = [];
      for (let time = open + span; time < close; time += span) times.push(time);
      return [...times, close];
    });
    const place = fc.nat(closes.length - 1);
    fc.assert(
      fc.property(place, place, (a, b) => {
        if (a === b) return;
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const bars = [closes[from] ?? NaN, closes[to] ?? NaN];
        const found = named({ asOf: bars[1] ?? NaN, bars, interval })["missing-bars"] ?? NaN;
        assert.ok(Math.abs(found - Math.log1p(to - from - 1)) < 1e-12, `${interval}: ${Math.expm1(found)}`);
      }),
    );
  }
});
