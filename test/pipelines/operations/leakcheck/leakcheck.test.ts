/** The check passes the chain as it is, and catches what looks ahead: three leaks that are planted here. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { featureSetsByName } from "../../../../operators/features/feature-sets.js";
import { readSorted } from "../../../../pipelines/ingest/index.js";
import { leakcheck, type Chain } from "../../../../pipelines/operations/leakcheck/leakcheck.js";
import { futures, perturb } from "../../../../pipelines/operations/leakcheck/perturb.js";
import { warmUps } from "../../../../pipelines/operations/leakcheck/warm-up.js";
import { offlineContexts, offlineSentiments } from "../../../../pipelines/offline/chain.js";
import { derivedTopics, runChain, type RawHistory } from "../../../../pipelines/offline/full-chain.js";
import { noRouters } from "../../../../models/runtime/routers.js";
import type { FeatureVector } from "../../../../schemas/generated/types.js";
import { sliceFiles, sliceSymbols } from "../../../helpers/pipeline.js";

const sets = featureSetsByName(["full"]);
const names = sets[0]?.features.map(({ name }) => name) ?? [];
const indexOf = (feature: string): number => names.indexOf(feature);
const honest: Chain = (history) => runChain(history, { sets, routers: noRouters });
let history: RawHistory;
const cut = Date.UTC(2015, 7, 12, 17, 30);

before(async () => {
  const read = { symbols: sliceSymbols, now: Date.now };
  const [from, to] = [Date.UTC(2015, 1, 1), Date.UTC(2015, 8, 15)];
  const within = ({ availableAt }: { availableAt: number }): boolean => availableAt >= from && availableAt < to;
  history = {
    news: (await readSorted({ kind: "news", input: sliceFiles.newsFile, ...read })).records.filter(within),
    bars: (await readSorted({ kind: "bars", input: sliceFiles.barsFile, ...read })).records.filter(within),
  };
  assert.ok(history.news.length > 100 && history.bars.length > 300);
});

const check = (chain: Chain, options: { readonly cuts?: readonly number[]; readonly futures?: typeof futures } = {}) =>
  leakcheck({
    history,
    chain,
    cuts: options.cuts ?? [cut],
    futures: options.futures ?? ["everything"],
    seed: "test",
    featureNames: new Map(sets.map(({ id }) => [id, names])),
  });

/** The chain with one feature of each vector replaced by what `leak` says of it. */
const planted =
  (
    feature: string,
    leak: (vector: FeatureVector, history: RawHistory, all: readonly FeatureVector[]) => number,
  ): Chain =>
  async (of) => {
    const records = await honest(of);
    const index = indexOf(feature);
    const features = records.features.map((vector) => ({
      ...vector,
      values: vector.values.map((value, place) => (place === index ? leak(vector, of, records.features) : value)),
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
    const early = <Item extends { availableAt: number }>(items: readonly Item[]): Item[] =>
      items.filter(({ availableAt }) => availableAt < cut);
    assert.deepEqual(early(other.bars), early(history.bars));
    assert.deepEqual(early(other.news), early(history.news));
    const records = await honest(other);
    const changed = derivedTopics.filter((name) => JSON.stringify(records[name]) !== JSON.stringify(reference[name]));
    assert.ok(changed.includes("features"), `${future} changes what is said later`);
  }
});

test("planted: the close of the same day, before the session is over", async () => {
  const { leaks } = await check(
    planted("last-return", (vector, { bars }) => {
      const day = new Date(vector.eventTime).toISOString().slice(0, 10);
      const same = bars.find(
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
  const cause = history.bars.find(({ id }) => id === leak.cause?.id);
  assert.equal(cause?.symbol, leak.record.symbol, "the bar that it looked ahead at is named");
  assert.ok((leak.cause?.availableAt ?? 0) >= cut);
});

test("planted: news from the day after in a window", async () => {
  const { leaks } = await check(
    planted("news-count-5d", (vector, { news }) => {
      const window = news.filter(
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
  const vectors = (await honest(history)).features.filter(({ asOf }) => asOf < cut);
  assert.equal(checked[0]?.leaks, vectors.length, "it changes every vector before the cut");
});

test("asOf that goes back for a symbol is a fault", async () => {
  const { asOfFaults } = await check(async (of) => {
    const records = await honest(of);
    const signals = records.signals.map((signal, place) =>
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
  const sentiments = await offlineSentiments(history.news, noRouters.sentiment);
  const { features, comparisons } = warmUps({
    history: { bars: history.bars, sentiments, contexts: offlineContexts(history.bars) },
    set: { ...set, warmUpBars: set.warmUpBars },
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
