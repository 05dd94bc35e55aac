/** One price that cannot be, at each place of a series, and what it does to the sections of the market. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FeatureSet } from "../../../operators/features/feature-set.js";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import { forecasts } from "../../../operators/forecasts/operator.js";
import { recordsOf, runOffline } from "../../../pipelines/offline/run.js";
import { featuresStage } from "../../../pipelines/stages/features.js";
import { marketStage } from "../../../pipelines/stages/market.js";
import type { Bar, FeatureVector, MarketContext } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, services, sessionCloses } from "../../helpers/records.js";
import { barEvent, run } from "./events.js";

const times = sessionCloses(150);
const symbols = ["A", "TICK", "B", "C", "D"];
/** Steps of at most 2 % a session. */
const closeOf = (symbol: number, place: number): number => 50 * (symbol + 1) * 1.01 ** Math.sin(place * (symbol + 1));
const largestReturn = 0.04;
const byTime = (one: Bar, other: Bar): number => one.eventTime - other.eventTime;
/** With those that a bar that is held back has brought about. */
const allContexts = (bars: readonly Bar[]): MarketContext[] =>
  run(bars).flatMap((outcome) => ("records" in outcome ? (outcome.records ?? []).map(({ record }) => record) : []));

type Tick = (own: Bar) => Partial<Bar>;
const scaled =
  (by: number): Tick =>
  ({ open, high, low, close }) => ({ open: open * by, high: high * by, low: low * by, close: close * by });
const ticks: Record<string, Tick> = {
  "100 times": scaled(100),
  "a hundredth": scaled(0.01),
  "a high alone": ({ high }) => ({ high: high * 100 }),
  "a low alone": ({ low }) => ({ low: low / 100 }),
};

/** @param listed place of the first bar of the symbol with the tick */
function history(length: number, place = -1, tick: Tick = () => ({}), listed = 0): Bar[] {
  const bars = times.slice(0, length).flatMap((eventTime, index) =>
    symbols.map((symbol, of) => {
      const own = bar({ symbol, eventTime, close: closeOf(of, index) });
      return symbol === "TICK" && index === place ? bar({ ...own, ...tick(own) }) : own;
    }),
  );
  return bars.filter(({ symbol, eventTime }) => symbol !== "TICK" || times.indexOf(eventTime) >= listed);
}

const isTick = ({ symbol }: Bar): number => (symbol === "TICK" ? 1 : 0);
/** Of each session in which the symbol with the tick comes in between, first and last. */
const orders: ((bars: Bar[]) => Bar[])[] = [
  (bars) => bars,
  (bars) => bars.sort((one, other) => byTime(one, other) || isTick(other) - isTick(one)),
  (bars) => bars.sort((one, other) => byTime(one, other) || isTick(one) - isTick(other)),
];

/** None of the statistics is further from what it would be than a return that is missing, or is that of two sessions, moves it. */
function assertNear(found: MarketContext, expected: MarketContext, what: string): void {
  const { length } = symbols;
  assert.ok(found.symbols >= length - 2, what);
  const most = {
    meanReturn: (2 * largestReturn) / (length - 2),
    breadth: 2 / (length - 2),
    medianReturn: 2 * largestReturn,
    winsorisedReturn: 2 * largestReturn,
    medianDeviation: 3 * largestReturn,
    dispersion: 2 * largestReturn,
    rangeVolatility: 0.01,
  };
  for (const [name, limit] of Object.entries(most) as [keyof typeof most, number][]) {
    const [one, other] = [found[name] ?? NaN, expected[name] ?? NaN];
    assert.ok(Math.abs(one - other) <= limit, `${what}: ${name} ${one}, without the tick ${other}`);
  }
  assert.ok(
    found.quantiles.every((value) => Math.abs(value) <= 2 * largestReturn),
    what,
  );
}

void describe("a tick at any place costs the sections around it one return", () => {
  const length = 10;
  for (const [name, tick] of Object.entries(ticks)) {
    for (const listed of [0, 3]) {
      test(`${name}, listed at ${listed}`, () => {
        const clean = new Map(
          allContexts(history(length, -1, tick, listed)).map((context) => [context.eventTime, context]),
        );
        for (let place = listed; place < length; place += 1) {
          for (const order of orders) {
            const contexts = allContexts(order(history(length, place, tick, listed)));
            assert.ok(contexts.length >= length - 2);
            for (const context of contexts) {
              const expected = clean.get(context.eventTime);
              assert.ok(expected);
              assertNear(context, expected, `${name} at ${place}, section ${times.indexOf(context.eventTime)}`);
            }
          }
        }
      });
    }
  }
});

test("a level that has moved has no return, over whatever silence, and the next bars at it have theirs", () => {
  const moved = [100, 101, 102, 1020, 1030, 1040].map((close, place) =>
    bar({ symbol: "TICK", eventTime: times[place] ?? NaN, close }),
  );
  const others = history(6).filter(({ symbol }) => symbol !== "TICK");
  const contexts = allContexts([...moved, ...others].sort(byTime));
  const counts = times.slice(0, 6).map((time) => contexts.findLast(({ eventTime }) => eventTime === time)?.symbols);
  assert.deepEqual(counts, [undefined, 5, 5, 4, 5, 5]);
  // After a silence of 29 sessions the guard excuses ten times; that is no move of the market either.
  const silent = [0, 30].map((place) =>
    bar({ symbol: "TICK", eventTime: times[place] ?? NaN, close: place === 0 ? 100 : 1000 }),
  );
  const back = allContexts([...silent, ...history(32).filter(({ symbol }) => symbol !== "TICK")].sort(byTime));
  assert.equal(back.findLast(({ eventTime }) => eventTime === times[30])?.symbols, 4);
});

test("a bar that has replaced a wrong one has its return", () => {
  const tick = (close: number, place: number, fields: Partial<Bar> = {}): Bar =>
    bar({ symbol: "TICK", eventTime: times[place] ?? NaN, close, ...fields });
  const bars = [tick(100, 0), tick(101, 1), tick(10_200, 2, { confirmed: true }), tick(102, 2), tick(103, 3)];
  const returns = allContexts(bars).map(({ eventTime, meanReturn }) => [times.indexOf(eventTime), meanReturn]);
  assert.deepEqual(returns, [
    [1, Math.log(101 / 100)],
    [2, Math.log(102 / 101)],
    [3, Math.log(103 / 102)],
  ]);
});

void describe("a first bar of 100 times", async () => {
  const [set] = featureSetsByName(["robust"]) as [FeatureSet];
  const vectorsOf = async (bars: readonly Bar[]): Promise<FeatureVector[]> => {
    const inputs = { "market.bars": bars, "news.sentiment": [] };
    const settings = { featureSets: [set.name] };
    return [
      ...recordsOf(await runOffline([marketStage, featuresStage], inputs, { settings, routers: {} }), "features"),
    ];
  };
  const wrong = history(150, 0, scaled(100));
  const [clean, found] = [await vectorsOf(history(150)), await vectorsOf(wrong)];

  test("moves what no other symbol has of its own, and little of what it has of the market", () => {
    const [before, after] = [clean, found].map((of) => of.filter(({ symbol }) => symbol !== "TICK"));
    assert.ok(before && after && after.length > 0);
    assert.equal(after.length, before.length);
    const market = set.names.indexOf("market-return");
    for (const [index, { values }] of after.entries())
      assert.ok(Math.abs((values[market] ?? NaN) - (before[index]?.values[market] ?? NaN)) <= largestReturn / 2);
  });

  test("leaves the symbol's own features and forecasts finite and at the level of its bars", () => {
    const own = found.filter(({ symbol }) => symbol === "TICK");
    assert.ok(own.length > 0);
    for (const { values, close } of own) {
      assert.ok(values.every(Number.isFinite));
      assert.ok(close > 90 && close < 110);
    }
    const momentum = set.names.indexOf("momentum-5");
    assert.ok(Math.abs(own.at(-1)?.values[momentum] ?? NaN) < 2 * largestReturn);
    const bars = wrong.filter(({ symbol }) => symbol === "TICK");
    const outcomes = forecasts.process(bars.map(barEvent), new MemoryState(), services);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      bars.map((_, index) => (index === 1 ? "reject" : "absorb")),
    );
  });
});
