import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { momentIn, readClock, readMoment } from "../../../pipelines/ingest/moments.js";
import { readInterval } from "../../../pipelines/ingest/bar-time.js";
import { article, outcomesOf, verdict } from "./helpers/lines-of.js";

const reading = (raw: unknown): string => {
  const found = readMoment(raw);
  if (found === undefined) return "none";
  if (found.kind === "moment") return new Date(found.time).toISOString();
  if (found.kind === "local") return `local ${new Date(found.local).toISOString().slice(0, 19)}`;
  return found.kind === "day" ? `day ${new Date(found.day * 86_400_000).toISOString().slice(0, 10)}` : "clock";
};

test("moments, local times and days by their form", () => {
  const cases: [unknown, string][] = [
    ["2015-09-30T20:00:00Z", "2015-09-30T20:00:00.000Z"],
    ["2015-09-30 16:00:00-04:00", "2015-09-30T20:00:00.000Z"],
    ["2015-09-30 16:00 America/New_York", "2015-09-30T20:00:00.000Z"],
    ["20150930 16:00:00 US/Eastern", "2015-09-30T20:00:00.000Z"],
    ["2015-09-30 20:00:00 UTC", "2015-09-30T20:00:00.000Z"],
    ["2015-09-30 4:00:00 PM EDT", "2015-09-30T20:00:00.000Z"],
    ["Wed, 30 Sep 2015 16:00:00 -0400", "2015-09-30T20:00:00.000Z"],
    ["20150930T200000Z", "2015-09-30T20:00:00.000Z"],
    ["20150930T2000", "local 2015-09-30T20:00:00"],
    ["2015/9/30 20:00", "local 2015-09-30T20:00:00"],
    ["2015.09.30", "day 2015-09-30"],
    ["20150930", "day 2015-09-30"],
    [20150930, "day 2015-09-30"],
    ["30-Sep-2015", "day 2015-09-30"],
    ["2015-9-30", "day 2015-09-30"],
    ["2015-02-29", "none"],
    ["2015-02-29T00:00:00Z", "none"],
    ["09/30/2015", "none"],
    ["30.09.2015", "none"],
    ["2015-09/30", "none"],
    ["2015-09-30 16:00 IST", "none"],
    ["2015-09-30 25:00:00Z", "none"],
    ["09:31", "clock"],
    ["yesterday", "none"],
    ["", "none"],
    [true, "none"],
    [NaN, "none"],
    [-5, "none"],
    [14436, "none"],
  ];
  for (const [raw, expected] of cases) assert.equal(reading(raw), expected, String(raw));
});

test("property: numbers since 1970 in seconds, milli-, micro- and nanoseconds are the same moment, as text too", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100_000_000, max: 4_000_000_000 }), (seconds) => {
      for (const unit of [1, 1e3, 1e6, 1e9]) {
        const expected = { kind: "moment", time: seconds * 1000 };
        for (const raw of [seconds * unit, String(BigInt(seconds) * BigInt(unit))]) {
          const { kind, time } = readMoment(raw) as { kind: string; time: number };
          assert.deepEqual({ kind, time }, expected, `${raw}`);
        }
      }
    }),
  );
});

test("property: any text is read at once, and what is read is a number", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9:./ TZ+-]{0,40}$/)), (text) => {
      const found = readMoment(text);
      if (found !== undefined) for (const value of Object.values(found)) assert.ok(!Number.isNaN(value));
    }),
  );
});

test("times of day, also those that lost their zeros", () => {
  const at = (raw: unknown): unknown => (readClock(raw) as { clock?: number } | undefined)?.clock;
  const nine = (9 * 60 + 31) * 60_000;
  for (const raw of ["09:31", "9:31", "09:31:00", "0931", "931", "093100", 93100, "9:31 AM", "9:31 a.m."]) {
    assert.equal(at(raw), nine, String(raw));
  }
  assert.equal(at("9:31 PM"), nine + 12 * 3_600_000);
  for (const raw of ["24:00", "9:61", "1234567", "13:00 PM", "noon"]) assert.equal(at(raw), undefined, raw);
});

test("a zone's clocks: hours that come twice, or never, are told", () => {
  const local = (text: string): number => Date.parse(`${text}Z`);
  assert.equal(momentIn("America/New_York", local("2015-07-01T09:30:00")), Date.parse("2015-07-01T13:30:00Z"));
  assert.equal(momentIn("America/New_York", local("2015-03-08T02:30:00")), "never");
  assert.equal(momentIn("America/New_York", local("2015-11-01T01:30:00")), "twice");
  assert.equal(momentIn("America/New_York", local("2015-11-01T03:30:00")), Date.parse("2015-11-01T08:30:00Z"));
  assert.equal(momentIn("Mars/Olympus", 0), undefined);
});

test("intervals by their names", () => {
  const cases: [unknown, string | undefined][] = [
    ["1m", "1m"],
    ["5Min", "5m"],
    ["1Hour", "1h"],
    ["60min", "60m"],
    ["D", "1d"],
    ["1D", "1d"],
    ["daily", "1d"],
    ["5", "5m"],
    [15, "15m"],
    ["1wk", undefined],
    ["1mo", undefined],
    ["0m", undefined],
    ["x", undefined],
  ];
  for (const [raw, expected] of cases) assert.equal(readInterval(raw), expected, String(raw));
});

test("news without a zone: the zone of the line, of the option, or a refusal that says so", async () => {
  const line = (zone?: string): string => article({ published_at: "2015-09-30 16:00:00", zone });
  const time = async (text: string, options = {}): Promise<unknown> => {
    const [outcome] = await outcomesOf("news", text, options);
    return outcome?.outcome === "accepted" ? outcome.record.eventTime : outcome && verdict(outcome);
  };
  const expected = Date.parse("2015-09-30T20:00:00Z");
  assert.equal(await time(line("America/New_York")), expected);
  assert.equal(await time(line(), { zone: "America/New_York" }), expected);
  assert.equal(await time(line(), { zone: "exchange" }), "INVALID_TIME");
  assert.equal(await time(line()), "INVALID_TIME");
  assert.equal(await time(line("Nowhere")), "INVALID_FIELD");
  const parted = article({ published_at: undefined, date: "2015-09-30", time: "16:00" });
  assert.equal(await time(parted, { zone: "America/New_York" }), expected);
});

test("messages name what is wrong with the value", async () => {
  const reason = async (published_at: unknown): Promise<string> =>
    JSON.stringify(await outcomesOf("news", article({ published_at })));
  assert.match(await reason("2015-09-30"), /is a day, not a moment/);
  assert.match(await reason("09:30"), /a time of day without its date/);
  assert.match(await reason("09/30/2015 16:00"), /the day or the month first/);
  assert.match(await reason("2015-02-30T10:00:00Z"), /does not exist/);
  assert.match(await reason("12345"), /is no number of seconds/);
  assert.match(await reason("2015-09-30 16:00"), /has no time zone/);
});
