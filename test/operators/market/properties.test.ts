/** Random streams of bars against a plain recomputation that keeps every bar and has neither buckets nor batches. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { market } from "../../../operators/market/market.js";
import type { Bar, MarketContext, MarketState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, services } from "../../helpers/records.js";
import { barEvent, contextsOf, run } from "./events.js";

const minute = 60_000;
const start = Date.UTC(2015, 0, 2, 15);

/** Mostly in order, with gaps, repeats, corrections, stragglers and old bars: times differ by up to three minutes. */
const streams = fc
  .array(
    fc.record({
      symbol: fc.constantFrom("A", "B", "C", "D", "E"),
      lag: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) }),
      close: fc.integer({ min: 9, max: 12 }),
      split: fc.constantFrom(1, 1, 1, 2),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((steps) =>
    steps.map(({ symbol, lag, close, split }, index): Bar => {
      const now = start + Math.floor(index / 4) * minute;
      const availableAt = now + (index % 4);
      return bar({ symbol, interval: "1m", eventTime: now - lag * minute, availableAt, close, split, high: close + 1 });
    }),
  );

/** What the last word on each time should be: whatever of it had come before the first bar of a later time. */
function recomputed(bars: readonly Bar[]): Map<number, number[]> {
  const published = new Map<number, number[]>();
  const kept = new Map<string, Bar[]>();
  let time = -Infinity;
  const publish = (): void => {
    const returns = [...kept.values()].flatMap((list) => {
      const [before, last] = list.slice(-2);
      if (!before || !last || last.eventTime !== time) return [];
      return [Math.log((last.close * last.split) / before.close)];
    });
    if (returns.length > 0)
      published.set(
        time,
        returns.sort((a, b) => a - b),
      );
  };
  for (const of of bars) {
    if (of.eventTime > time) {
      publish();
      time = of.eventTime;
    }
    const list = kept.get(of.symbol) ?? [];
    const last = list.at(-1);
    if (of.eventTime < time && (!last || of.eventTime < last.eventTime)) continue;
    if (last?.eventTime === of.eventTime) {
      if (last.close === of.close && last.split === of.split) continue;
      list.pop();
    }
    kept.set(of.symbol, [...list, of]);
  }
  return published;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("the last word on a time is the recomputation over all bars that had come by then", () => {
  fc.assert(
    fc.property(streams, (bars) => {
      // A bar of a later minute makes the stage publish all before it.
      const last = bars.at(-1) as Bar;
      const closing = bar({ ...last, symbol: "Z", eventTime: last.eventTime + 10 * minute, split: 1 });
      const latest = new Map<number, MarketContext>();
      for (const context of contextsOf(run([...bars, closing]))) latest.set(context.eventTime, context);
      const expected = recomputed([...bars, closing]);
      assert.deepEqual([...latest.keys()], [...expected.keys()]);
      for (const [time, returns] of expected) {
        const context = latest.get(time) as MarketContext;
        assert.equal(context.symbols, returns.length);
        assert.ok(Math.abs(context.meanReturn - mean(returns)) < 1e-12);
        const deviation = Math.sqrt(mean(returns.map((value) => (value - mean(returns)) ** 2)));
        assert.ok(Math.abs(context.dispersion - deviation) < 1e-9);
        assert.equal(context.breadth, mean(returns.map(Math.sign)));
        assert.equal(context.quantiles[0], returns[0]);
        assert.equal(context.quantiles[20], returns.at(-1));
      }
    }),
    { numRuns: 300 },
  );
});

test("sequences rise by one, asOf never goes back or ahead, quantiles ascend", () => {
  fc.assert(
    fc.property(streams, (bars) => {
      let known = -Infinity;
      let before: MarketContext | undefined;
      run(bars).forEach((outcome, index) => {
        known = Math.max(known, bars[index]?.availableAt ?? 0);
        for (const context of contextsOf([outcome])) {
          assert.equal(context.sequence, (before?.sequence ?? 0) + 1);
          assert.ok(context.asOf >= (before?.asOf ?? 0));
          assert.ok(context.asOf <= known);
          context.quantiles.reduce((low, high) => (assert.ok(low <= high), high));
          before = context;
        }
      });
    }),
    { numRuns: 300 },
  );
});

test("any split into batches gives the same outcomes and the same state", () => {
  fc.assert(
    fc.property(streams, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (bars, sizes) => {
      const whole = new MemoryState<MarketState>();
      const expected = run(bars, whole);
      const state = new MemoryState<MarketState>();
      const outcomes: unknown[] = [];
      for (let at = 0, cut = 0; at < bars.length; cut += 1) {
        const size = sizes[cut % sizes.length] ?? 1;
        outcomes.push(...market.process(bars.slice(at, at + size).map(barEvent), state, services));
        state.commit();
        at += size;
      }
      assert.deepEqual(outcomes, expected);
      assert.deepEqual(new Map(state.entries()), new Map(whole.entries()));
    }),
    { numRuns: 300 },
  );
});
