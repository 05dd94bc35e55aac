import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bar } from "../../../schemas/generated/types.js";
import { barHeader, barLine, clock, outcomesOf, verdict } from "./helpers/lines-of.js";

async function accepted(text: string, options = {}): Promise<Bar[]> {
  const outcomes = await outcomesOf("bars", text, options);
  return outcomes.flatMap((outcome) => (outcome.outcome === "accepted" ? [outcome.record] : []));
}

const csv = (...lines: string[]): string => [barHeader, ...lines].join("\n");

test("a daily bar ends, and is available, at the close of its session", async () => {
  const [full, half] = await accepted(csv(barLine(), barLine({ date: "2014-11-28" })));
  assert.equal(full?.eventTime, Date.parse("2015-09-30T20:00:00Z"));
  assert.equal(full.availableAt, full.eventTime);
  assert.equal(full.interval, "1d");
  assert.equal(full.adjustment, 104.2 / 110.3);
  assert.equal(half?.eventTime, Date.parse("2014-11-28T18:00:00Z"));
});

test("live, a bar is available when it arrives, and a corrected one goes through with another id", async () => {
  const text = csv(barLine(), barLine(), barLine({ close: "110.4" }));
  const outcomes = await outcomesOf("bars", text, { origin: "live" });
  assert.deepEqual(outcomes.map(verdict), ["skipped", "accepted", "duplicate", "accepted"]);
  const [first, corrected] = await accepted(text, { origin: "live" });
  assert.equal(first?.availableAt, clock);
  assert.notEqual(first.id, corrected?.id);
});

test("JSON Lines, intraday bars by their close, an interval from the file or the options", async () => {
  const bar = { symbol: "AAPL", open: 1, high: "2", low: 0.5, close: 1.5, volume: 10 };
  const lines = [
    { ...bar, time: "2015-09-30T14:31:00Z", interval: "1m" },
    { ...bar, time: "2015-09-30T14:32:00Z" },
    { ...bar, time: "2015-09-30T14:32:00Z", interval: "1 minute" },
    { ...bar, time: "2015-09-27T14:32:00Z", interval: "1m" },
    { ...bar, time: "2015-09-30T20:00:00Z", interval: "1d" },
    { ...bar, time: "2015-09-30T00:00:00Z", interval: "1d" },
    { ...bar, date: "2015-09-30", interval: "1m" },
    { ...bar, date: 20150930 },
    { ...bar, date: "2015-09-29", adj_close: null, volume: null },
  ].map((line) => JSON.stringify(line));
  const wanted = [
    "INVALID_FIELD",
    "EXCHANGE_CLOSED",
    "accepted",
    "INVALID_TIME",
    "INVALID_FIELD",
    "duplicate",
    "MISSING_FIELD",
  ];
  assert.deepEqual((await outcomesOf("bars", lines.join("\n"))).map(verdict), ["accepted", "MISSING_FIELD", ...wanted]);
  const withInterval = await outcomesOf("bars", lines.join("\n"), { interval: "1m" });
  assert.deepEqual(withInterval.map(verdict), ["accepted", "accepted", ...wanted]);
  const [first] = await accepted(lines[0] ?? "");
  assert.equal(first?.interval, "1m");
  assert.equal(first.adjustment, 1);
  assert.equal(first.eventTime, Date.parse("2015-09-30T14:31:00Z"));
});

test("contradictions within rounding are mended, larger ones refused", async () => {
  const [bar] = await accepted(csv(barLine({ high: "110.299999", low: "110.1000001", open: "110.1" })));
  assert.deepEqual([bar?.high, bar?.low], [110.3, 110.1]);
  const outcomes = await outcomesOf("bars", csv(barLine({ high: "110.299", low: "110" })));
  assert.deepEqual(outcomes.map(verdict), ["skipped", "INVALID_PRICE"]);
});

test("another calendar and any symbols", async () => {
  const line = barLine({ symbol: "btc/usd", date: "2015-09-27" });
  const { anySymbol } = await import("../../../pipelines/ingest/universe/index.js");
  const [bar] = await accepted(csv(line), { calendarOf: () => "ALWAYS", symbols: anySymbol });
  assert.equal(bar?.symbol, "BTC/USD");
  assert.equal(bar.eventTime, Date.parse("2015-09-28T00:00:00Z"));
});

/** Exchanges by the symbol's suffix, as a universe would say them. */
const calendarOf = (symbol: string): string =>
  ({ L: "XLON", T: "XTKS", SS: "XSHG", FX: "24/5" })[symbol.split(".")[1] ?? ""] ?? "XNYS";

test("each bar is judged by the calendar of its symbol, and carries it", async () => {
  const { anySymbol } = await import("../../../pipelines/ingest/universe/index.js");
  const lines = [
    barLine({ symbol: "KO", date: "2015-08-31" }),
    barLine({ symbol: "VOD.T", date: "2015-08-31" }),
    barLine({ symbol: "VOD.L", date: "2015-09-01" }),
    barLine({ symbol: "EUR.FX", date: "2015-08-31" }),
  ];
  const bars = await accepted([barHeader, ...lines].join("\n"), { calendarOf, symbols: anySymbol });
  assert.deepEqual(
    bars.map(({ symbol, calendar, eventTime }) => [symbol, calendar, new Date(eventTime).toISOString()]),
    [
      ["KO", "XNYS", "2015-08-31T20:00:00.000Z"],
      ["VOD.T", "XTKS", "2015-08-31T06:00:00.000Z"],
      ["VOD.L", "XLON", "2015-09-01T15:30:00.000Z"],
      ["EUR.FX", "24/5", "2015-09-01T00:00:00.000Z"],
    ],
  );
  const [onNasdaq] = await accepted(csv(barLine()), { calendarOf: () => "XNAS" });
  const [before] = await accepted(csv(barLine()));
  assert.deepEqual(onNasdaq, before, "one market with New York, and the calendar is no part of the id");
});

test("a refusal says which exchange was closed, and when it is not known whether one was", async () => {
  const { anySymbol } = await import("../../../pipelines/ingest/universe/index.js");
  const refused = async (change: Record<string, string>, of = calendarOf): Promise<string> => {
    const now = () => Date.UTC(2028, 0, 1);
    const outcomes = await outcomesOf("bars", csv(barLine(change)), { calendarOf: of, symbols: anySymbol, now });
    const last = outcomes.at(-1);
    return last?.outcome === "rejected" ? `${last.rejection.code}: ${last.rejection.reason}` : "accepted";
  };
  // The summer bank holiday: London is closed, New York is not.
  assert.equal(
    await refused({ symbol: "VOD.L", date: "2015-08-31" }),
    "EXCHANGE_CLOSED: XLON was closed on 2015-08-31 (a date in Europe/London)",
  );
  assert.equal(await refused({ symbol: "KO", date: "2015-08-31" }), "accepted");
  assert.match(await refused({ symbol: "KO", date: "2015-09-07" }), /^EXCHANGE_CLOSED: XNYS was closed on 2015-09-07/);
  assert.match(await refused({ symbol: "KO", date: "7 September" }), /^INVALID_TIME: date "7 September" is not like/);
  assert.equal(
    await refused({ symbol: "600519.SS", date: "2027-01-04" }),
    "BEYOND_CALENDAR: 2027-01-04 lies beyond what is known: the calendar XSHG is known from 2000-01-01 to 2026-12-31",
  );
  assert.equal(await refused({ symbol: "600519.SS", date: "2026-12-31" }), "accepted");
  assert.match(await refused({ symbol: "VOD.L", date: "1999-12-31" }), /^BEYOND_CALENDAR: "1999-12-31" lies beyond/);
  assert.equal(
    await refused({ symbol: "KO" }, () => "XXXX"),
    "UNKNOWN_CALENDAR: the exchange of KO is XXXX, and no calendar is named so",
  );
});
