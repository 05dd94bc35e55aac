import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import avro from "avsc";
import fc from "fast-check";
import type { FeatureSet } from "../../../operators/features/feature-set.js";
import { computeFeatures } from "./compute.js";
import { features } from "../../../operators/features/operator.js";
import { schemaDirectory } from "../../../schemas/files.js";
import type { Bar, FeaturesState, FeatureVector } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, fixtureBars, sentiment, sessionCloses } from "../../helpers/records.js";
import { barEvent, core, full, marketContexts, mixedEvents, services, vectorsOf } from "./events.js";

const hour = 3_600_000;
const vectorsFrom = (bars: readonly Bar[]): FeatureVector[] => computeFeatures(bars.map(barEvent), services);
const setOf = (vector: FeatureVector): FeatureSet => (vector.featureSet === core.id ? core : full);
const valueOf = (vector: FeatureVector | undefined, name: string): number =>
  (vector && vector.values[setOf(vector).names.indexOf(name)]) ?? NaN;
const ofSet = (vectors: readonly FeatureVector[], set: FeatureSet): FeatureVector[] =>
  vectors.filter(({ featureSet }) => featureSet === set.id);

/** Bars with the same price at every close. */
const flatBars = (count: number, fields: Partial<Bar> = {}): Bar[] =>
  sessionCloses(count).map((eventTime) => bar({ close: 0.1, eventTime, ...fields }));

test("bars are absorbed until the longest warm-up of a set is over, then each gives a vector of it", () => {
  assert.equal(core.warmUpBars, 34);
  assert.equal(full.warmUpBars, 41);
  const vectors = vectorsFrom(fixtureBars("AAPL", 43));
  const sequences = (set: FeatureSet): number[] => ofSet(vectors, set).map(({ sequence }) => sequence);
  assert.deepEqual(sequences(core), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(sequences(full), [8, 9, 10]);
});

test("two sets side by side: a trigger gives a vector of each, with ids of their own and the same values", () => {
  const events = mixedEvents(60, marketContexts(60));
  const both = computeFeatures(events, services);
  assert.equal(new Set(both.map(({ id }) => id)).size, both.length);
  // The numbers of the triggers are those of the set that is warm first: it is served in both.
  assert.deepEqual(ofSet(both, core), computeFeatures(events, { ...services, sets: [core] }));
  const cores = new Map(ofSet(both, core).map((vector) => [`${vector.symbol} ${vector.sequence}`, vector]));
  const fulls = ofSet(both, full);
  assert.ok(fulls.length > 50);
  for (const vector of fulls) {
    const { id, featureSet, values, ...rest } = cores.get(`${vector.symbol} ${vector.sequence}`) as FeatureVector;
    assert.deepEqual({ ...vector, id, featureSet, values }, { ...rest, id, featureSet, values });
    for (const [index, name] of core.names.entries()) assert.equal(valueOf(vector, name), values[index], name);
  }
});

test("a vector names its trigger, the latest bar, the feature set and the time it could be known", () => {
  const bars = fixtureBars("AAPL", 40).map((of, index) => ({
    ...of,
    availableAt: of.eventTime + (index === 38 ? hour : 60_000),
  }));
  const last = bars.at(-1) as Bar;
  const article = sentiment({
    symbol: "AAPL",
    eventTime: last.eventTime + 2 * hour,
    asOf: last.eventTime + 3 * hour,
    score: -0.4,
  });
  const vector = computeFeatures([...bars.map(barEvent), { topic: "news.sentiment", record: article }], services).at(
    -1,
  );
  assert.equal(vector?.featureSet, core.id);
  assert.equal(vector.values.length, core.names.length);
  assert.equal(vector.trigger, "sentiment");
  assert.equal(vector.triggerId, article.id);
  assert.equal(vector.eventTime, article.eventTime);
  assert.equal(vector.asOf, article.asOf);
  assert.equal(vector.interval, "1d");
  assert.equal(vector.barId, last.id);
  assert.equal(vector.barTime, last.eventTime);
  assert.equal(vector.close, last.close);
  assert.equal(vector.sentimentModel, "encoder@1");
  assert.equal(vector.sentimentMean, -0.4);
  assert.equal(vector.sentimentCount, 2 ** (-1 / 24));
});

test("asOf never goes back for a symbol", () => {
  const vectors = computeFeatures(mixedEvents(60, marketContexts(60)), services);
  const last = new Map<string, number>();
  for (const { symbol, asOf } of vectors) {
    assert.ok(asOf >= (last.get(symbol) ?? 0));
    last.set(symbol, asOf);
  }
});

test("prices that never move, and no volume, give defined values", () => {
  const vector = vectorsFrom(flatBars(60, { volume: 0 })).at(-1);
  const expected = {
    "rsi-14": 50,
    "bollinger-position": 0.5,
    "bollinger-width": 0,
    "volume-ratio-20": 1,
    "momentum-20": 0,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(valueOf(vector, name), value, name);
  assert.ok(vector?.values.every(Number.isFinite));
});

test("features are scale-free: in price, in adjustment and in volume", () => {
  const bars = fixtureBars("XOM", 60);
  const scaled = (price: number, adjustment: number, volume: number): FeatureVector[] =>
    vectorsFrom(
      bars.map((of) => ({
        ...of,
        open: of.open * price,
        high: of.high * price,
        low: of.low * price,
        close: of.close * price,
        adjustment: of.adjustment * adjustment,
        volume: of.volume * volume,
      })),
    );
  const expected = scaled(1, 1, 1);
  const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(factor, factor, factor, (price, adjustment, volume) => {
      for (const [index, vector] of scaled(price, adjustment, volume).entries()) {
        for (const [at, value] of vector.values.entries()) {
          const other = expected[index]?.values[at] ?? NaN;
          assert.ok(Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(other)), setOf(vector).names[at]);
        }
      }
    }),
    { numRuns: 25 },
  );
});

test("any valid bars give finite values", () => {
  const price = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
  const anyBar = fc.record({ open: price, close: price, volume: fc.double({ min: 0, max: 1e15, noNaN: true }) });
  const times = sessionCloses(50);
  fc.assert(
    fc.property(fc.array(anyBar, { minLength: 50, maxLength: 50 }), (list) => {
      // Confirmed: prices like these would be held back.
      const vectors = vectorsFrom(
        list.map((fields, index) => bar({ ...fields, eventTime: times[index] ?? NaN, confirmed: true })),
      );
      assert.equal(vectors.length, 50 - core.warmUpBars + 1 + 50 - full.warmUpBars + 1);
      assert.ok(vectors.every(({ values }) => values.every(Number.isFinite)));
    }),
    { numRuns: 50 },
  );
});

test("a bar that comes again is a duplicate", () => {
  const [outcome] = afterBars(fixtureBars("AAPL", 40), (bars) => bars.at(-3));
  assert.equal(outcome?.kind, "duplicate");
});

test("the replaced version of a corrected bar is a duplicate when it comes again", () => {
  const bars = fixtureBars("AAPL", 40);
  const original = bars.at(-2) as Bar;
  const [first, second] = afterBars(
    bars,
    () => bar({ ...original, volume: 1 }),
    () => original,
  );
  assert.equal(first?.kind, "emit");
  assert.equal(second?.kind, "duplicate");
});

test("a corrected bar among the last five gives the vector of the series as it should have been", () => {
  const bars = fixtureBars("AAPL", 60);
  for (const back of [1, 2, 3, 4, 5]) {
    const right = bars.at(-back) as Bar;
    const wrong = bar({ ...right, close: right.high, volume: 1 });
    const series = bars.with(-back, wrong);
    const corrected = vectorsOf(afterBars(series, () => bars.at(-back))).at(-1);
    const expected = vectorsFrom(bars).at(-1);
    assert.deepEqual(corrected?.values, expected?.values, `${back} bars back`);
    assert.equal(corrected?.barId, expected?.barId);
    assert.equal(corrected?.triggerId, bars.at(-back)?.id);
    assert.equal(corrected?.eventTime, bars.at(-back)?.eventTime);
    assert.equal(corrected?.sequence, (expected?.sequence ?? NaN) + 1);
  }
});

test("a bar that was missing among the last five is put in its place", () => {
  const bars = fixtureBars("AAPL", 60);
  for (const back of [1, 2, 3, 4]) {
    const late = vectorsOf(afterBars(bars.toSpliced(-1 - back, 1), () => bars.at(-1 - back))).at(-1);
    assert.deepEqual(late?.values, vectorsFrom(bars).at(-1)?.values, `${back} bars back`);
  }
});

test("what follows a correction is as if there had been no mistake", () => {
  const bars = fixtureBars("AAPL", 80);
  const place = fc.record({ at: fc.nat(70), delay: fc.integer({ min: 0, max: 4 }) });
  fc.assert(
    fc.property(fc.uniqueArray(place, { maxLength: 5, selector: ({ at }) => at }), (mistakes) => {
      const log: Bar[] = [];
      for (const [index, right] of bars.entries()) {
        const isWrong = mistakes.some(({ at }) => at === index);
        log.push(isWrong ? bar({ ...right, close: right.high, volume: right.volume + 1 }) : right);
        for (const { at, delay } of mistakes) if (at + delay === index) log.push(bars[at] as Bar);
      }
      assert.deepEqual(vectorsFrom(log).at(-1)?.values, vectorsFrom(bars).at(-1)?.values);
    }),
    { numRuns: 50 },
  );
});

test("a correction further back than five bars is rejected", () => {
  const [outcome] = afterBars(fixtureBars("AAPL", 40), (bars) => bar({ ...(bars.at(-6) as Bar), volume: 1 }));
  assert.equal(outcome?.kind === "reject" && outcome.code, "BAR_TOO_OLD");
});

test("bars of another interval have vectors of their own, with the same sentiment and one sequence", () => {
  const state = new MemoryState<FeaturesState>();
  const daily = fixtureBars("AAPL", 40);
  const start = (daily.at(-1) as Bar).eventTime;
  const minutes = daily.map((of, index) =>
    bar({ ...of, interval: "1m", eventTime: start + (index + 1) * 60_000, availableAt: start + (index + 1) * 60_000 }),
  );
  const article = sentiment({ symbol: "AAPL", eventTime: start, score: 0.25 });
  const outcomes = features.process(
    [...daily.map(barEvent), { topic: "news.sentiment", record: article }, ...minutes.map(barEvent)],
    state,
    services,
  );
  state.commit();
  assert.deepEqual(
    [...state.entries()].map(([key]) => key),
    ["AAPL", "AAPL|1m"],
  );
  const vectors = vectorsOf(outcomes);
  assert.deepEqual(
    vectors.map(({ sequence }) => sequence),
    vectors.map((_, index) => index + 1),
  );
  const last = vectors.at(-1);
  assert.equal(last?.interval, "1m");
  assert.equal(last.sentimentMean, 0.25);
  // The price features of the same prices are the same.
  assert.equal(valueOf(last, "rsi-14"), valueOf(vectorsFrom(daily).at(-1), "rsi-14"));
});

test("a sentiment before any bar counts once there are bars", () => {
  const bars = flatBars(34);
  const article = sentiment({ eventTime: (bars[30] as Bar).eventTime - hour, score: 0.5 });
  const vectors = computeFeatures([{ topic: "news.sentiment", record: article }, ...bars.map(barEvent)], services);
  assert.equal(vectors.at(-1)?.sentimentMean, 0.5);
});

test("a symbol's state takes at most 2 KiB, and 2.4 KB when each recent bar was corrected four times", (context) => {
  const type = avro.Type.forSchema(
    JSON.parse(readFileSync(join(schemaDirectory, "features.state.avsc"), "utf8")) as avro.Schema,
  );
  const state = new MemoryState<FeaturesState>();
  const bars = fixtureBars("AAPL");
  const versions = [1, 2, 3, 4, 5, 6].flatMap((volume) => bars.slice(-5).map((of) => barEvent(bar({ ...of, volume }))));
  const article = sentiment({ symbol: "AAPL", eventTime: Date.UTC(2014, 5, 1) });
  features.process([...bars.map(barEvent), { topic: "news.sentiment", record: article }], state, services);
  state.commit();
  const usual = type.toBuffer(state.get("AAPL")).length;
  features.process(versions, state, services);
  state.commit();
  const most = type.toBuffer(state.get("AAPL")).length;
  context.diagnostic(`${usual} bytes; ${most} bytes when each of the last five bars was corrected four times or more`);
  assert.ok(usual <= 2048, `${usual} bytes`);
  // Each version that was replaced is remembered by its id, so that its return is recognised.
  assert.ok(most <= 2400, `${most} bytes`);
});

/** Outcomes of further bars after a series. */
function afterBars(bars: readonly Bar[], ...further: ((bars: readonly Bar[]) => Bar | undefined)[]) {
  const state = new MemoryState<FeaturesState>();
  features.process(bars.map(barEvent), state, services);
  state.commit();
  return features.process(
    further.map((pick) => barEvent(pick(bars) as Bar)),
    state,
    services,
  );
}
