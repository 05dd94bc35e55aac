import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nyse } from "../../../../operators/calendar/nyse.js";
import { allFeatures } from "../../../../operators/features/all-features.js";
import { betaFeatures, stepBeta } from "../../../../operators/features/market/beta.js";
import { rankAmong } from "../../../../operators/features/market/cross-section.js";
import { emptyMemory } from "../../../../operators/features/memory.js";
import { FeatureView } from "../../../../operators/features/view.js";
import type { KeptBar, MarketContext } from "../../../../schemas/generated/types.js";

const day = 86_400_000;
const start = Date.UTC(2014, 5, 2, 20);

/** A view of bars with these closes, a day apart. */
function viewOf(memory: readonly number[], closes: readonly number[], market: MarketContext | null): FeatureView {
  const recent = closes.map((close, index): KeptBar => {
    const time = start + index * day;
    const prices = { open: close, high: close, low: close, close, volume: 1, adjustment: 1 };
    return { id: String(index), time, availableAt: time, ...prices, superseded: [], split: 1, dividendFactor: 1 };
  });
  const window = { opens: [], highs: [], lows: [], closes: [], volumes: [] };
  const series = { window, base: [...emptyMemory], recent, markets: [], current: [...memory] };
  const view = new FeatureView(nyse);
  view.open(series, { asOf: start + closes.length * day, interval: "1d", news: null, market });
  return view;
}

const after = (pairs: readonly (readonly [number, number])[]): number[] => {
  const memory = [...emptyMemory];
  for (const [market, own] of pairs) stepBeta(memory, market, own);
  return memory;
};

const named = (view: FeatureView): Record<string, number> =>
  Object.fromEntries(
    allFeatures.filter(({ group }) => group === "market").map((feature) => [feature.name, feature.compute(view)]),
  );

const context = (eventTime: number, fields: Partial<MarketContext> = {}): MarketContext => ({
  id: "context",
  interval: "1d",
  eventTime,
  asOf: eventTime,
  origin: "backfill",
  sequence: 1,
  symbols: 3,
  breadth: 0.25,
  meanReturn: 0.01,
  dispersion: 0.02,
  rangeVolatility: 0.015,
  quantiles: Array.from({ length: 21 }, (_, level) => (level - 10) / 100),
  medianReturn: null,
  winsorisedReturn: null,
  medianDeviation: null,
  calendar: "XNYS",
  ...fields,
});

test("a symbol that moves twice as much as the market has a beta that tends to 2 with the pairs", () => {
  const pairs = Array.from({ length: 400 }, (_, index) => Math.sin(index) / 100).map((x) => [x, 2 * x] as const);
  const few = named(viewOf(after(pairs.slice(0, 3)), [1, 1], null));
  const many = named(viewOf(after(pairs), [1, 1], null));
  const share = 1 / (1 - 59 / 61) / (1 / (1 - 59 / 61) + 10);
  assert.ok((few["market-beta"] ?? NaN) > 1 && (few["market-beta"] ?? NaN) < 1.3);
  assert.ok(Math.abs((many["market-beta"] ?? NaN) - (1 + share)) < 1e-4);
  assert.ok(Math.abs((many["market-correlation"] ?? NaN) - share) < 1e-4);
  assert.equal(many["idiosyncratic-volatility"], 0);
});

test("a market of which nothing is known is neutral, with a feature that shows it", () => {
  const expected = {
    "market-breadth": 0,
    "market-return": 0,
    "market-dispersion": 0,
    "market-range-volatility": 0,
    "market-rank": 0.5,
    "market-excess": 0,
    "market-unknown": 1,
    "market-beta": 1,
    "market-correlation": 0,
    "idiosyncratic-volatility": 0,
    "market-trend": 0,
    "market-median-return": 0,
    "market-winsorised-return": 0,
    "market-median-deviation": 0,
    "market-median-excess": 0,
  };
  assert.deepEqual(named(viewOf(emptyMemory, [100, 101, 99], null)), expected);
});

test("the return that is ranked is that of the bar that the cross-section is of", () => {
  const closes = [100, 100, 100 * Math.exp(0.05), 100 * Math.exp(0.02)];
  const at = (bars: number) => named(viewOf(emptyMemory, closes, context(start + bars * day)));
  const same = at(3);
  const before = at(2);
  assert.ok(Math.abs((same["market-rank"] ?? NaN) - 7 / 20) < 1e-12);
  assert.ok(Math.abs((same["market-excess"] ?? NaN) + 0.04) < 1e-12);
  assert.ok(Math.abs((before["market-rank"] ?? NaN) - 15 / 20) < 1e-12);
  assert.ok(Math.abs((before["market-excess"] ?? NaN) - 0.04) < 1e-12);
});

test("an older cross-section is not used; of one later than the bar, the market alone is", () => {
  const closes = [100, 101, 102, 103];
  const older = named(viewOf(emptyMemory, closes, context(start + 1 * day)));
  assert.deepEqual([older["market-unknown"], older["market-breadth"], older["market-rank"]], [1, 0, 0.5]);
  const later = named(viewOf(emptyMemory, closes, context(start + 9 * day)));
  assert.deepEqual([later["market-unknown"], later["market-breadth"], later["market-rank"]], [0, 0.25, 0.5]);
});

test("the rank is linear between quantiles, and in the middle of equal ones", () => {
  const quantiles = [-2, -1, 0, 0, 0, 4];
  const cases = [
    [-9, 0],
    [-2, 0],
    [-1.5, 0.1],
    [-1, 0.2],
    [0, 0.6],
    [1, 0.85],
    [4, 1],
    [99, 1],
  ] as const;
  for (const [value, rank] of cases) assert.ok(Math.abs(rankAmong(quantiles, value) - rank) < 1e-12, String(value));
  assert.equal(rankAmong([], 1), 0.5);
  assert.equal(rankAmong([0, 0, 0], 0), 0.5);
});

test("the rank rises with the value and stays in [0, 1]", () => {
  // Log returns down to 1e-8: the difference of two subnormal numbers has no digits left to interpolate with.
  const value = fc.integer({ min: -5e9, max: 5e9 }).map((number) => number * 1e-8);
  fc.assert(
    fc.property(fc.array(value, { minLength: 21, maxLength: 21 }), value, value, (list, a, b) => {
      const quantiles = list.toSorted((x, y) => x - y);
      const [low, high] = [rankAmong(quantiles, Math.min(a, b)), rankAmong(quantiles, Math.max(a, b))];
      assert.ok(low >= 0 && high <= 1 && low <= high);
    }),
  );
});

test("any returns give finite values within their limits", () => {
  const own = fc.oneof(fc.constant(0), fc.double({ min: -50, max: 50, noNaN: true }));
  const market = fc.oneof(fc.constant(0), fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(fc.array(fc.tuple(market, own), { maxLength: 200 }), (pairs) => {
      const view = viewOf(after(pairs), [1, 1, 1], null);
      const [beta = NaN, correlation = NaN, idiosyncratic = NaN, trend = NaN] = betaFeatures.map(({ compute }) =>
        compute(view),
      );
      assert.ok(Math.abs(beta) <= 5 && Math.abs(correlation) <= 1 && Math.abs(trend) <= 1);
      assert.ok(idiosyncratic >= 0 && Number.isFinite(idiosyncratic));
    }),
  );
});
