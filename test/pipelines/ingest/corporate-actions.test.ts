import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RecentBars } from "../../../pipelines/ingest/series.js";
import type { Bar } from "../../../schemas/generated/types.js";
import { outcomesOf, verdict } from "./helpers/lines-of.js";

const header = "symbol,date,open,high,low,close,volume,split,dividend,dividend_factor";
const file = (...lines: string[]): string => [header, ...lines].join("\n");

async function bars(text: string, options = {}): Promise<Bar[]> {
  const outcomes = await outcomesOf("bars", text, options);
  return outcomes.flatMap((outcome) => (outcome.outcome === "accepted" ? [outcome.record] : []));
}

async function refusals(text: string): Promise<string[]> {
  const outcomes = await outcomesOf("bars", text);
  return outcomes.flatMap((outcome) =>
    outcome.outcome === "rejected" ? [`${outcome.rejection.code}: ${outcome.rejection.reason}`] : [],
  );
}

test("a split and a dividend on the bar that they take effect with", async () => {
  const [, split, dividend, both] = await bars(
    file(
      "AAPL,2014-06-06,649,652,645,645.57,1000,,,",
      "AAPL,2014-06-09,92.7,93.9,91.8,93.7,1000,7,,",
      "AAPL,2014-06-10,94.7,95.1,93.6,94.25,1000,1,0.47,",
      "AAPL,2014-06-11,47,48,46,47.5,1000,2,0.25,",
    ),
  );
  assert.deepEqual([split?.split, split?.dividendFactor, split?.adjustment], [7, 1, 1]);
  assert.deepEqual([dividend?.split, dividend?.dividendFactor], [1, 93.7 / (93.7 - 0.47)]);
  // 0.25 a new share are 0.50 an old one, to which the close before refers.
  assert.deepEqual([both?.split, both?.dividendFactor], [2, 94.25 / (94.25 - 0.5)]);
});

test("a 2:1 split that changes nothing else is no return once the factor is applied", async () => {
  const [before, after] = await bars(
    file("KO,2012-08-10,78,79,77,78.5,1000,,,", "KO,2012-08-13,39.25,40,39,39.25,2000,2,,"),
  );
  assert.equal(((after?.open ?? 0) * (after?.split ?? 0)) / (before?.close ?? 0) - 1, 0);
});

test("ids of bars without corporate actions are those of before; with one they differ", async () => {
  const line = "AAPL,2015-09-30,110.1,111.5,108.7,110.3,66473000";
  const [plain] = await bars(`${header.split(",split")[0]}\n${line}`);
  const [spelledOut] = await bars(file(`${line},1,0,1`));
  const [split] = await bars(file(`${line},2,,`));
  const [factor] = await bars(file(`${line},,,1.01`));
  // The id that version 0.1.0 gave this bar.
  assert.equal(plain?.id, "ZDXnHufADhV5eCVRAgaeHa");
  assert.equal(spelledOut?.id, plain?.id);
  assert.equal(new Set([plain?.id, split?.id, factor?.id]).size, 3);
});

test("what contradicts itself, or cannot be known, is refused with the reason", async () => {
  const first = "AAPL,2015-09-28,100,101,99,100,1000,,,";
  const next = (actions: string): Promise<string[]> =>
    refusals(file(first, `AAPL,2015-09-29,50,51,49,50,1000,${actions}`));
  assert.match((await next("-1,,"))[0] ?? "", /^INVALID_FIELD: split is "-1", not above 0/);
  assert.match((await next("NaN,,"))[0] ?? "", /^INVALID_FIELD: split/);
  assert.match((await next(",-1,"))[0] ?? "", /^INVALID_FIELD: dividend is "-1", below 0/);
  assert.match(
    (await next(",100,"))[0] ?? "",
    /^INVALID_FIELD: dividend × split is 100, not less than the close before it, 100/,
  );
  assert.match((await next("2,50,"))[0] ?? "", /^INVALID_FIELD: dividend × split is 100/);
  assert.match((await next(",1,1.01"))[0] ?? "", /^INVALID_FIELD: dividend and dividend_factor are both given/);
  assert.match((await next(",,-1"))[0] ?? "", /^INVALID_FIELD: dividend_factor/);
  assert.match(
    (await refusals(file("AAPL,2015-09-29,50,51,49,50,1000,,1,")))[0] ?? "",
    /^MISSING_FIELD: dividend needs the close of the symbol's bar before/,
  );
  // Newest first: the bar before stands below.
  assert.equal((await refusals(file("AAPL,2015-09-29,50,51,49,50,1000,,1,", first))).length, 1);
  // Another symbol's bar, or another interval's, is not the bar before.
  const minute = JSON.stringify({
    symbol: "AAPL",
    time: "2015-09-28T14:31:00Z",
    interval: "1m",
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 1,
  });
  const daily = JSON.stringify({
    symbol: "AAPL",
    date: "2015-09-29",
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 1,
    dividend: 0.1,
  });
  assert.match((await refusals(`${minute}\n${daily}`))[0] ?? "", /^MISSING_FIELD/);
});

test("adjusted prices together with a split or a dividend would count twice", async () => {
  const adjusted = `symbol,date,open,high,low,close,adj_close,volume,split,dividend`;
  const lines = [
    "AAPL,2015-09-28,100,101,99,100,95,1000,1,0",
    "AAPL,2015-09-29,50,51,49,50,50,1000,2,",
    "AAPL,2015-09-30,50,51,49,50,50,1000,,1",
  ];
  const outcomes = await outcomesOf("bars", [adjusted, ...lines].join("\n"));
  assert.deepEqual(outcomes.map(verdict), ["skipped", "accepted", "INVALID_FIELD", "INVALID_FIELD"]);
  assert.match(JSON.stringify(outcomes[2]), /adj_close is given together with a split/);
  assert.match(JSON.stringify(outcomes[3]), /adj_close is given together with a dividend/);
});

test("a correction of the bar with the dividend still finds the bar before it", async () => {
  const text = file(
    "AAPL,2015-09-28,100,101,99,100,1000,,,",
    "AAPL,2015-09-29,99,100,98,99,1000,,1,",
    "AAPL,2015-09-29,99,100,98,98.5,1000,,1,",
    "AAPL,2015-09-28,100,101,99,100.5,1000,,,",
    "AAPL,2015-09-29,99,100,98,98.6,1000,,1,",
  );
  const live = await bars(text, { origin: "live" });
  assert.deepEqual(
    live.map(({ dividendFactor }) => dividendFactor),
    [1, 100 / 99, 100 / 99, 1, 100.5 / 99.5],
  );
});

test("property: the factor brings the price without the dividend back to the price with it", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      fc.double({ min: 0.001, max: 0.9, noNaN: true }),
      (close, share) => {
        const closes = new RecentBars();
        closes.note({ symbol: "A", interval: "1d", eventTime: 1, close });
        const before = closes.before("A", "1d", 2)?.close ?? NaN;
        const factor = before / (before - share * close);
        assert.ok(Math.abs((close - share * close) * factor - close) <= 1e-9 * close);
      },
    ),
  );
});

test("the last closes are kept in bounded memory", () => {
  const closes = new RecentBars(2);
  for (const symbol of ["A", "B", "C"]) closes.note({ symbol, interval: "1d", eventTime: 1, close: 5 });
  assert.deepEqual(
    ["A", "B", "C"].map((symbol) => closes.before(symbol, "1d", 2)?.close),
    [undefined, 5, 5],
  );
});
