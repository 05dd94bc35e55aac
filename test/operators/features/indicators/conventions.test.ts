/** What features are where their formula is 0 / 0, and that none leaves the doubles. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bar, sessionCloses } from "../../../helpers/records.js";
import { served } from "./served.js";

const last = (values: ReadonlyMap<string, readonly number[]>): Record<string, number> =>
  Object.fromEntries([...values].map(([name, list]) => [name, list.at(-1) ?? NaN]));

/** Of a price that has never moved. */
const still = {
  "rsi-14": 50,
  "stochastic-k-14": 50,
  "stochastic-d-3": 50,
  "adx-14": 0,
  "plus-di-14": 0,
  "minus-di-14": 0,
  "trend-slope-20": 0,
  "trend-fit-20": 0,
  "bollinger-position": 0.5,
  "bollinger-width": 0,
  "return-skew-20": 0,
  "on-balance-volume-20": 0,
  "money-flow-index-14": 50,
  "chaikin-money-flow-20": 0,
  "gap-atr-14": 0,
  "range-position": 0.5,
  "maximum-drawdown-40": 0,
};

test("a price that stands still has neither trend nor strength, over a 10:1 split as well", () => {
  const closes = sessionCloses(60);
  // 50.1 / 10 · 10 is not 50.1 in doubles: whatever jumps at equality would jump here.
  const flat = closes.map((eventTime) => bar({ eventTime, close: 50.1 }));
  const split = flat.map((of, index) =>
    index < 45
      ? of
      : bar({ eventTime: of.eventTime, close: of.close / 10, volume: of.volume * 10, split: index === 45 ? 10 : 1 }),
  );
  for (const bars of [flat, split]) {
    const found = last(served(bars));
    for (const [name, value] of Object.entries(still)) {
      assert.ok(Math.abs((found[name] ?? NaN) - value) <= 1e-12, `${name}: ${found[name]}, not ${value}`);
    }
  }
});

test("without any volume the ratios are 1 and the flows 0", () => {
  const bars = sessionCloses(60).map((eventTime, index) =>
    bar({ eventTime, open: 100, close: 100 + Math.sin(index), volume: 0 }),
  );
  const expected = {
    "volume-ratio-20": 1,
    "volume-trend-5-20": 1,
    "on-balance-volume-20": 0,
    "money-flow-index-14": 50,
    "vwap-distance-20": 0,
    "chaikin-money-flow-20": 0,
    "dollar-volume-change": 0,
  };
  const found = last(served(bars));
  for (const [name, value] of Object.entries(expected)) assert.equal(found[name], value, name);
});

test("the most extreme bars that are let in, and a feed with a split a bar, give finite values", () => {
  const closes = sessionCloses(80);
  const extreme = closes.map((eventTime, index) =>
    bar({
      eventTime,
      open: 1e-12,
      high: 1e12,
      low: 1e-12,
      close: index % 2 ? 1e12 : 1e-12,
      volume: index % 3 ? 1e18 : 0,
      // Somebody has let them in: by themselves such prices are held back.
      confirmed: true,
    }),
  );
  const splits = closes.map((eventTime, index) =>
    bar({
      eventTime,
      open: 1e12,
      close: 1e-12,
      volume: 1e18,
      split: index % 60 < 30 ? 1e6 : 1e-6,
      dividendFactor: 1e6,
      confirmed: true,
    }),
  );
  for (const bars of [extreme, splits]) {
    for (const [name, values] of served(bars)) {
      const start = values.findIndex((value) => !Number.isNaN(value));
      assert.ok(start >= 0 && values.slice(start).every(Number.isFinite), name);
    }
  }
});
