/** Corrections, gaps and corporate actions: what the served vectors make of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { computeFeatures } from "./compute.js";
import { features } from "../../../operators/features/operator.js";
import type { Bar, FeaturesState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, fixtureBars } from "../../helpers/records.js";
import { barEvent, contextEvent, core, full, context as crossSection, services, vectorsOf } from "./events.js";

const bars = fixtureBars("AAPL", 90);
const valuesOf = (list: readonly Bar[]) =>
  computeFeatures(list.map(barEvent), { ...services, sets: [full] }).map(({ values }) => values);

test("a bar corrected while it can be leaves the series as if it had been right from the start, bit for bit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 45, max: 80 }), fc.integer({ min: 1, max: 4 }), (at, later) => {
      const right = bars[at] as Bar;
      const wrong = bar({ ...right, close: right.low, volume: right.volume * 3 });
      const corrected = [
        ...bars.slice(0, at),
        wrong,
        ...bars.slice(at + 1, at + 1 + later),
        right,
        ...bars.slice(at + 1 + later),
      ];
      const rest = bars.length - (at + 1 + later);
      assert.deepEqual(valuesOf(corrected).slice(-rest), valuesOf(bars).slice(-rest));
    }),
    { numRuns: 30 },
  );
});

test("a bar that was missing, put in its place, leaves the series as if it had never been", () => {
  fc.assert(
    fc.property(fc.integer({ min: 45, max: 80 }), fc.integer({ min: 1, max: 4 }), (at, later) => {
      const missing = bars[at] as Bar;
      const corrected = [
        ...bars.slice(0, at),
        ...bars.slice(at + 1, at + 1 + later),
        missing,
        ...bars.slice(at + 1 + later),
      ];
      const rest = bars.length - (at + 1 + later);
      assert.deepEqual(valuesOf(corrected).slice(-rest), valuesOf(bars).slice(-rest));
    }),
    { numRuns: 30 },
  );
});

for (const [name, split, dividendFactor] of [
  ["a 2:1 split", 2, 1],
  ["a 10:1 split", 10, 1],
  ["a 1:8 reverse split", 1 / 8, 1],
  ["a dividend of 1 %", 1, 1 / 0.99],
] as const) {
  test(`${name} changes no feature`, () => {
    const at = 60;
    const scale = split * dividendFactor;
    const after = bars.map((known, index) =>
      index < at
        ? known
        : bar({
            ...known,
            open: known.open / scale,
            high: known.high / scale,
            low: known.low / scale,
            close: known.close / scale,
            volume: known.volume * split,
            ...(index === at && { split, dividendFactor }),
          }),
    );
    const [expected, actual] = [valuesOf(bars), valuesOf(after)];
    for (const [row, values] of actual.entries()) {
      for (const [column, value] of values.entries()) {
        const wanted = expected[row]?.[column] ?? NaN;
        const error = Math.abs(value - wanted);
        assert.ok(error <= 1e-9 * Math.max(1, Math.abs(wanted)), `${full.names[column]}: ${value}, ${wanted} without`);
      }
    }
  });
}

test("a split that no bar names looks like the crash that it is not", () => {
  const at = 60;
  const crashed = bars.map((known, index) =>
    index < at
      ? known
      : bar({ ...known, open: known.open / 2, high: known.high / 2, low: known.low / 2, close: known.close / 2 }),
  );
  const place = full.names.indexOf("last-return");
  const values = valuesOf(crashed)[at - (full.warmUpBars - 1)];
  assert.ok((values?.[place] ?? 0) < -0.4);
});

test("daily and one-minute bars of one symbol each have a series of their own", () => {
  const minutes = bars.map((known, index) =>
    bar({
      ...known,
      interval: "1m",
      eventTime: (bars.at(-1) as Bar).eventTime + (index + 1) * 60_000,
      availableAt: (bars.at(-1) as Bar).eventTime + (index + 1) * 60_000,
    }),
  );
  const both = computeFeatures([...bars, ...minutes].map(barEvent), { ...services, sets: [full] });
  const daily = both.filter(({ interval }) => interval === "1d");
  const byMinute = both.filter(({ interval }) => interval === "1m");
  assert.equal(daily.length, bars.length - full.warmUpBars + 1);
  assert.equal(byMinute.length, daily.length);
  const place = full.names.indexOf("rsi-14");
  assert.deepEqual(
    byMinute.map(({ values }) => values[place]),
    daily.map(({ values }) => values[place]),
  );
  assert.deepEqual(
    both.map(({ sequence }) => sequence),
    both.map((_, index) => index + 1),
  );
});

test("a cross-section is only absorbed, a repeat is a duplicate, and the vectors after it name it and are not older", () => {
  const last = bars.at(-2) as Bar;
  const section = crossSection({ eventTime: last.eventTime, asOf: last.eventTime + 3_600_000 });
  const state = new MemoryState<FeaturesState>();
  const outcomes = features.process(
    [...bars.slice(0, -1).map(barEvent), contextEvent(section), contextEvent(section), barEvent(bars.at(-1) as Bar)],
    state,
    { ...services, sets: [core, full] },
  );
  assert.deepEqual(
    outcomes.slice(-3).map(({ kind }) => kind),
    ["absorb", "duplicate", "emit"],
  );
  const [ofCore, ofFull] = vectorsOf(outcomes.slice(-1));
  for (const vector of [ofCore, ofFull]) {
    assert.equal(vector?.marketId, section.id);
    assert.ok((vector?.asOf ?? 0) >= section.asOf);
  }
  assert.deepEqual([ofCore?.featureSet, ofFull?.featureSet], [core.id, full.id]);
  assert.notEqual(ofCore?.id, ofFull?.id);
  const broken = features.process([contextEvent({ ...section, sequence: 2, breadth: NaN })], state, services);
  assert.equal(broken[0]?.kind, "reject");
});
