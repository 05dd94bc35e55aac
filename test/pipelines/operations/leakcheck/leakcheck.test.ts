/** The check passes the chain as it is, and catches what looks ahead: three leaks that are planted here. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { everyFeature } from "../../../../operators/features/feature-sets.js";
import { readSorted } from "../../../../pipelines/ingest/index.js";
import { leakcheck, type Chain } from "../../../../pipelines/operations/leakcheck/leakcheck.js";
import { futures, perturb } from "../../../../pipelines/operations/leakcheck/perturb.js";
import { warmUps } from "../../../../pipelines/operations/leakcheck/warm-up.js";
import { recordsOf, runOffline, type OfflineRecords } from "../../../../pipelines/offline/run.js";
import { derivedTopics } from "../../../../pipelines/offline/wiring.js";
import { noRouters } from "../../../../models/runtime/routers.js";
import { UserError } from "../../../../pipelines/runtime/errors.js";
import { featuresStage } from "../../../../pipelines/stages/features.js";
import { stages } from "../../../../pipelines/stages/index.js";
import type { FeatureVector } from "../../../../schemas/generated/types.js";
import { addTopic, echoStage } from "../../../helpers/toy-stage.js";
import { sliceFiles, sliceSymbols } from "../../../helpers/pipeline.js";

const sets = [everyFeature];
const names = sets[0]?.features.map(({ name }) => name) ?? [];
const indexOf = (feature: string): number => names.indexOf(feature);
const services = { settings: { featureSets: sets.map(({ name }) => name) }, routers: noRouters };
const honest: Chain = (history) => runOffline(stages, history, services);
let history: OfflineRecords;
const cut = Date.UTC(2015, 7, 12, 17, 30);

before(async () => {
  const read = { symbols: sliceSymbols, now: Date.now };
  const [from, to] = [Date.UTC(2015, 1, 1), Date.UTC(2015, 8, 15)];
  const within = ({ availableAt }: { availableAt: number }): boolean => availableAt >= from && availableAt < to;
  history = {
    "news.raw": (await readSorted({ kind: "news", input: sliceFiles.newsFile, ...read })).records.filter(within),
    "market.bars": (await readSorted({ kind: "bars", input: sliceFiles.barsFile, ...read })).records.filter(within),
  };
  assert.ok(recordsOf(history, "news.raw").length > 100 && recordsOf(history, "market.bars").length > 300);
});

const check = (chain: Chain, options: { readonly cuts?: readonly number[]; readonly futures?: typeof futures } = {}) =>
  leakcheck({
    stages,
    history,
    chain,
    cuts: options.cuts ?? [cut],
    futures: options.futures ?? ["everything"],
    seed: "test",
    featureNames: new Map(sets.map(({ id }) => [id, names])),
  });

/** The chain with one feature of each vector replaced by the value of `leak`. */
const planted =
  (
    feature: string,
    leak: (vector: FeatureVector, history: OfflineRecords, all: readonly FeatureVector[]) => number,
  ): Chain =>
  async (of) => {
    const records = await honest(of);
    const index = indexOf(feature);
    const vectors = recordsOf(records, "features");
    const features = vectors.map((vector) => ({
      ...vector,
      values: vector.values.map((value, place) => (place === index ? leak(vector, of, vectors) : value)),
    }));
    return { ...records, features };
  };

test("the stages' own chain: nothing changes before the cut, whatever comes after it", async () => {
  const { leaks, asOfFaults, checked } = await check(honest, { cuts: [cut, cut + 9 * 86_400_000], futures });
  assert.deepEqual(leaks, []);
  assert.deepEqual(asOfFaults, []);
  assert.equal(checked.length, 2 * futures.length);
  for (const { records } of checked) assert.ok(records > 300, "there is something to be compared");
});

test("every future is another one, and only after the cut", async () => {
  const reference = await honest(history);
  for (const future of futures) {
    const other = perturb(history, { cut, future, seed: "test" });
    const early = (items: readonly { availableAt: number }[]) => items.filter(({ availableAt }) => availableAt < cut);
    for (const name of ["market.bars", "news.raw"] as const)
      assert.deepEqual(early(recordsOf(other, name)), early(recordsOf(history, name)));
    const records = await honest(other);
    const changed = derivedTopics(stages).filter(
      (name) => JSON.stringify(records[name]) !== JSON.stringify(reference[name]),
    );
    assert.ok(changed.includes("features"), `${future} changes what is published later`);
  }
});

test("planted: the close of the same day, before the session is over", async () => {
  const { leaks } = await check(
    planted("last-return", (vector, of) => {
      const day = new Date(vector.eventTime).toISOString().slice(0, 10);
      const same = recordsOf(of, "market.bars").find(
        ({ symbol, eventTime }) => symbol === vector.symbol && new Date(eventTime).toISOString().startsWith(day),
      );
      return same ? Math.log(same.close / vector.close) : 0;
    }),
  );
  const [leak] = leaks;
  assert.equal(leak?.topic, "features");
  assert.deepEqual(
    leak.fields.map(({ path }) => path),
    [`values[${indexOf("last-return")}] (last-return)`],
  );
  assert.ok(leak.record.asOf < cut);
  const cause = recordsOf(history, "market.bars").find(({ id }) => id === leak.cause?.id);
  assert.equal(cause?.symbol, leak.record.symbol, "the bar that it looked ahead at is named");
  assert.ok((leak.cause?.availableAt ?? 0) >= cut);
});

test("planted: news from the day after in a window", async () => {
  const { leaks } = await check(
    planted("news-count-5d", (vector, of) => {
      const window = recordsOf(of, "news.raw").filter(
        ({ symbols, availableAt }) =>
          symbols.includes(vector.symbol) && Math.abs(availableAt - vector.asOf) < 2 * 86_400_000,
      );
      return window.length;
    }),
    { futures: ["silence"] as unknown as typeof futures },
  );
  const [leak] = leaks;
  assert.deepEqual(
    leak?.fields.map(({ path }) => path),
    [`values[${indexOf("news-count-5d")}] (news-count-5d)`],
  );
});

test("planted: a scaler fitted on all of the data", async () => {
  const index = indexOf("rsi-14");
  const { leaks, checked } = await check(
    planted("rsi-14", (vector, _, all) => {
      const mean = all.reduce((sum, { values }) => sum + (values[index] ?? 0), 0) / all.length;
      return (vector.values[index] ?? 0) - mean;
    }),
  );
  assert.ok(leaks.some(({ fields }) => fields.some(({ path }) => path.includes("rsi-14"))));
  const vectors = recordsOf(await honest(history), "features").filter(({ asOf }) => asOf < cut);
  assert.equal(checked[0]?.leaks, vectors.length, "it changes every vector before the cut");
});

test("asOf that goes back for a symbol is a fault", async () => {
  const { asOfFaults } = await check(async (of) => {
    const records = await honest(of);
    const signals = recordsOf(records, "signals").map((signal, place) =>
      place === 20 ? { ...signal, asOf: signal.asOf - 1e10 } : signal,
    );
    return { ...records, signals };
  });
  assert.equal(asOfFaults.length, 1);
  assert.equal(asOfFaults[0]?.topic, "signals");
});

test("windows need their window, what is recursive forgets slowly", async () => {
  const [set] = sets;
  assert.ok(set);
  const { features, comparisons } = await warmUps({
    stage: featuresStage,
    records: { ...history, ...(await honest(history)) },
    set,
    symbols: ["MMM", "HON"],
    moments: 2,
  });
  assert.ok(comparisons > 0);
  const of = (name: string) => features.find(({ feature }) => feature === name);
  assert.equal(of("bollinger-position")?.needed["1e-9"], set.warmUpBars);
  const rsi = of("rsi-14");
  assert.ok((rsi?.atWarmUp ?? 0) > 1e-6);
  assert.ok((rsi?.needed["0.001"] ?? Infinity) <= (rsi?.needed["0.000001"] ?? Infinity));
});

test("a stage that is added to the list is checked: an honest one passes, one that looks ahead is found", async (t) => {
  addTopic(t, "toy.signals");
  const of = (stage: ReturnType<typeof echoStage>) => {
    const all = [...stages, stage];
    return leakcheck({
      stages: all,
      history,
      chain: (other) => runOffline(all, other, services),
      cuts: [cut],
      futures: ["prices"],
      seed: "test",
      featureNames: new Map(),
    });
  };
  const honestly = await of(echoStage());
  assert.deepEqual(honestly.leaks, []);
  const without = await check(honest, { futures: ["prices"] as unknown as typeof futures });
  assert.ok((honestly.checked[0]?.records ?? 0) > (without.checked[0]?.records ?? 0), "its records are compared");
  const { leaks } = await of(echoStage({ looksAhead: true }));
  assert.deepEqual(
    leaks.map(({ topic, fields }) => [topic, fields.map(({ path }) => path)]),
    [["toy.signals", ["strength"]]],
  );
});

test("what cannot be checked is an error: an input without another future, a stage that never publishes anything", async (t) => {
  addTopic(t, "toy.signals");
  addTopic(t, "toy.rates");
  const of = (stage: ReturnType<typeof echoStage>, given: OfflineRecords = history) =>
    leakcheck({
      stages: [...stages, stage],
      history: given,
      chain: (other) => runOffline([...stages, stage], other, services),
      cuts: [cut],
      futures: ["prices"],
      seed: "test",
      featureNames: new Map(),
    });
  const hasMessage = (message: RegExp) => (error: Error) => error instanceof UserError && message.test(error.message);
  await assert.rejects(
    of(echoStage({ inputs: ["toy.rates"] }), { ...history, "toy.rates": [] } as OfflineRecords),
    hasMessage(/the stage echo reads toy\.rates, which no stage writes and no future changes/),
  );
  await assert.rejects(
    of(echoStage({ isSilent: true })),
    hasMessage(/nothing of toy\.signals is published before the last cut/),
  );
});
