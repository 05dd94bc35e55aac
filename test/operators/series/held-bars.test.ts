/** The guard in the stages that read bars: they decide alike, and a price that cannot be reaches no other symbol. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { FeatureSet } from "../../../operators/features/feature-set.js";
import { noRouters } from "../../../models/runtime/routers.js";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import { features } from "../../../operators/features/operator.js";
import { forecasts } from "../../../operators/forecasts/operator.js";
import { market } from "../../../operators/market/market.js";
import type { Input, Outcome } from "../../../operators/operator.js";
import { runOffline, recordsOf } from "../../../pipelines/offline/run.js";
import { leakcheck } from "../../../pipelines/operations/leakcheck/leakcheck.js";
import { featuresStage } from "../../../pipelines/stages/features.js";
import { stages } from "../../../pipelines/stages/index.js";
import { marketStage } from "../../../pipelines/stages/market.js";
import { packageRoot } from "../../../schemas/files.js";
import type { Bar, FeatureVector } from "../../../schemas/generated/types.js";
import type { TopicName } from "../../../schemas/topics.js";
import { article } from "../../helpers/landing-records.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, services, sessionCloses } from "../../helpers/records.js";
import { sliceBars } from "../market/events.js";

const [set] = featureSetsByName(["robust"]) as [FeatureSet];
/** Features that stand on the market without its name. */
const dependent = ["idiosyncratic-volatility"];

const event = (record: Bar): Input<"market.bars"> => ({ topic: "market.bars", record });

/** Each input's outcome in each stage that reads bars. */
function byStage(bars: readonly Bar[]): Record<string, readonly Outcome<TopicName>[]> {
  return {
    market: market.process(bars.map(event), new MemoryState(), services),
    features: features.process(bars.map(event), new MemoryState(), { ...services, sets: [set] }),
    forecasts: forecasts.process(bars.map(event), new MemoryState(), services),
  };
}

const isHeld = (outcome: Outcome<TopicName>): boolean =>
  outcome.kind === "reject" && outcome.code === "PRICE_OUT_OF_LINE";

test("none of the bundled history is held back", () => {
  const bars = sliceBars("2012-09-04", "2015-09-30");
  assert.ok(bars.length > 60_000);
  assert.equal(market.process(bars.map(event), new MemoryState(), services).filter(isHeld).length, 0);
});

test("market, features and forecasts hold back the same bars, whatever comes in whatever order", () => {
  const times = sessionCloses(12);
  const level = fc.constantFrom(1, 1, 1, 1, 0.01, 100, 110, 10_000);
  const one = fc.record({
    place: fc.nat({ max: times.length - 1 }),
    jitter: fc.double({ min: 0.8, max: 1.25, noNaN: true }),
    level,
    split: fc.constantFrom(1, 1, 1, 1, 2, 100, 0.01),
    spike: fc.constantFrom(1, 1, 1, 100),
    confirmed: fc.constantFrom(false, false, false, false, true),
    again: fc.boolean(),
    calendar: fc.constantFrom("XNYS", "XNYS", "XLON", "24/7"),
  });
  const drawn = fc.array(one, { minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(drawn, fc.boolean(), (list, isInOrder) => {
      const bars = list.flatMap(({ place, jitter, level: at, split, spike, again, ...fields }, index) => {
        const eventTime = times[isInOrder ? Math.min(index, 11) : place] ?? NaN;
        const close = 50 * jitter * at;
        const made = bar({ ...fields, eventTime, close, high: close * spike, split });
        return again ? [made, made] : [made];
      });
      const { market: first = [], ...others } = byStage(bars);
      for (const [name, outcomes] of Object.entries(others))
        assert.deepEqual(outcomes.map(isHeld), first.map(isHeld), name);
    }),
    { numRuns: 300, seed: 17 },
  );
});

test("a symbol whose calendar changes is compared with its bars of before", () => {
  const [first = NaN, second = NaN, third = NaN, fourth = NaN] = sessionCloses(4);
  const after = (eventTime: number, close: number, calendar = "XLON"): Bar => bar({ eventTime, close, calendar });
  const bars = [bar({ eventTime: first, close: 100 }), after(second, 10_100), after(third, 101)];
  for (const [stage, outcomes] of Object.entries(byStage([...bars, after(fourth, 102, "XNYS")])))
    assert.deepEqual(outcomes.map(isHeld), [false, true, false, false], stage);
});

/** The made-up series of ten symbols, from a file of the cases. */
function caseBars(name: string): Bar[] {
  const [, ...lines] = readFileSync(join(packageRoot, "test/fixtures/cases/bars", name), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => {
    const [symbol = "", date = "", ...cells] = line.split(",");
    const [open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = cells.map(Number);
    return bar({ symbol, eventTime: services.calendar.session(date)?.close ?? NaN, open, high, low, close, volume });
  });
}

async function vectorsOf(bars: readonly Bar[]): Promise<FeatureVector[]> {
  const inputs = { "market.bars": bars, "news.sentiment": [] };
  const settings = { featureSets: [set.name] };
  const outputs = await runOffline([marketStage, featuresStage], inputs, { settings, routers: {} });
  return [...recordsOf(outputs, "features")];
}

void describe("one impossible tick among ten symbols", async () => {
  const clean = caseBars("S6-ten-symbols-clean.csv");
  const dirty = caseBars("S6-ten-symbols-one-100x.csv");
  const tick = dirty.find((of, index) => of.close !== clean[index]?.close) as Bar;
  const times = [...new Set(clean.map(({ eventTime }) => eventTime))];
  const place = times.indexOf(tick.eventTime);
  const own = clean.find(
    ({ id, symbol, eventTime }) => id !== "" && symbol === tick.symbol && eventTime === tick.eventTime,
  );
  const ofOthers = (vectors: readonly FeatureVector[]) => vectors.filter(({ symbol }) => symbol !== tick.symbol);
  const withTick = (fields: Partial<Bar>) => clean.map((of) => (of === own ? bar({ ...of, ...fields }) : of));
  const [expected, found] = [await vectorsOf(clean), await vectorsOf(dirty)];
  const column = (name: string): number => set.names.indexOf(name);

  test("whatever its price, every other symbol's vectors are the same bytes", async () => {
    assert.equal(tick.symbol, "SYM9");
    const { open, high, low, close } = own as Bar;
    const scaled = (by: number): Partial<Bar> => ({
      open: open * by,
      high: high * by,
      low: low * by,
      close: close * by,
    });
    const ticks = [scaled(0.01), scaled(10), scaled(1e6), { low: low / 100 }, { high: high * 100 }];
    for (const fields of ticks)
      assert.deepEqual(ofOthers(await vectorsOf(withTick(fields))), ofOthers(found), JSON.stringify(fields));
  });

  test("against the clean series nothing changes but that one of ten returns is missing in two sections", () => {
    const [before, after] = [ofOthers(expected), ofOthers(found)];
    assert.deepEqual(
      after.map(({ symbol, barId, asOf, sequence }) => [symbol, barId, asOf, sequence]),
      before.map(({ symbol, barId, asOf, sequence }) => [symbol, barId, asOf, sequence]),
    );
    for (const [index, { values, barTime }] of after.entries()) {
      const wanted = before[index]?.values ?? [];
      const at = times.indexOf(barTime);
      for (const [name, most] of [
        ["market-unknown", 0],
        ["market-return", 0.004],
        ["market-median-return", 0.006],
      ] as const)
        assert.ok(Math.abs((values[column(name)] ?? NaN) - (wanted[column(name)] ?? NaN)) <= most, `${name} at ${at}`);
      // A vector has the section of the bar before; in the last of the two the symbol's return is that of two days.
      if (at <= place) assert.deepEqual(values, wanted);
      for (const [feature, value] of values.entries()) {
        const name: string = set.names[feature] ?? "";
        if (!name.includes("market") && !dependent.includes(name))
          assert.equal(value, wanted[feature], `${name} at ${at}`);
      }
    }
  });

  test("the symbol's own series goes on as if the tick had not come", async () => {
    const without = (await vectorsOf(clean.filter((of) => of !== own))).filter(({ symbol }) => symbol === tick.symbol);
    const ofSymbol = found.filter(({ symbol }) => symbol === tick.symbol);
    assert.deepEqual(
      ofSymbol.map(({ barId }) => barId),
      without.map(({ barId }) => barId),
    );
    const [rsi, momentum] = [column("rsi-14"), column("momentum-20")];
    for (const [index, { values }] of ofSymbol.entries())
      assert.deepEqual(
        [values[rsi], values[momentum]],
        [without[index]?.values[rsi], without[index]?.values[momentum]],
      );
  });

  const moved = clean.map((of) =>
    of.symbol === tick.symbol && of.eventTime >= tick.eventTime
      ? bar({ ...of, open: of.open * 100, high: of.high * 100, low: of.low * 100, close: of.close * 100 })
      : of,
  );

  test("two ticks at one level are let in, a bar late", async () => {
    const next = times[place + 1] ?? NaN;
    const vectors = (await vectorsOf(moved)).filter(({ symbol }) => symbol === tick.symbol);
    const both = vectors.filter(({ asOf }) => asOf === next).map(({ eventTime }) => eventTime);
    assert.deepEqual(both, [tick.eventTime, next], "both are known from the second on");
    const last = vectors.at(-1)?.values[column("momentum-5")] ?? NaN;
    assert.ok(Math.abs(last) < 0.2);
  });

  test("nothing looks ahead: neither what is held back nor what is let in changes anything before", async () => {
    const services = { settings: { featureSets: [set.name] }, routers: noRouters };
    const [published = NaN] = times;
    const news = [article({ symbols: ["SYM9"], eventTime: published, availableAt: published })];
    for (const bars of [dirty, moved]) {
      const { leaks, asOfFaults } = await leakcheck({
        stages,
        history: { "market.bars": bars, "news.raw": news },
        chain: (history) => runOffline(stages, history, services),
        cuts: [0, 1, 2].map((after) => (times[place + after] ?? NaN) - 1),
        futures: ["none", "prices", "splits"],
        seed: "held",
        featureNames: new Map([[set.id, set.names]]),
      });
      assert.deepEqual([leaks, asOfFaults], [[], []]);
    }
  });
});
