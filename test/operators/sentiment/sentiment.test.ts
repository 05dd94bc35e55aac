import assert from "node:assert/strict";
import { test } from "node:test";
import { TransientError } from "../../../schemas/transient-error.js";
import { sentimentOperator } from "../../../operators/sentiment/sentiment.js";
import type { NewsArticle, SentimentState } from "../../../schemas/generated/types.js";
import { article, day, RecordingClassifier, routes, start } from "./fakes.js";
import { MemoryState } from "../../helpers/memory-state.js";

const run = (articles: readonly NewsArticle[], state: MemoryState<SentimentState>, services = routes({})) =>
  sentimentOperator.process(
    articles.map((record) => ({ topic: "news.raw", record })),
    state,
    services,
  );

const kinds = (outcomes: readonly { kind: string }[]): string[] => outcomes.map(({ kind }) => kind);

test("an article on three symbols gives three records, each by the model that serves the symbol", async () => {
  const champion = new RecordingClassifier("champion");
  const challenger = new RecordingClassifier("challenger");
  const services = routes({ AAPL: champion, GOOG: challenger, MSFT: champion });
  const [outcome] = await run([article({ symbols: ["AAPL", "GOOG", "MSFT"] })], new MemoryState(), services);
  assert.ok(outcome?.kind === "emit");
  const records = outcome.records.map(({ record }) => record);
  assert.deepEqual(
    records.map(({ symbol, model }) => [symbol, model?.name]),
    [
      ["AAPL", "champion"],
      ["GOOG", "challenger"],
      ["MSFT", "champion"],
    ],
  );
  assert.equal(new Set(records.map(({ id }) => id)).size, 3);
  assert.equal(champion.asked.length, 1, "the text is read once a model");
  const [first] = records;
  assert.deepEqual(
    [first?.articleId, first?.eventTime, first?.asOf, first?.origin, first?.degraded],
    ["article-1", start, start + 1000, "backfill", false],
  );
});

test("the blend takes the weight of the model's card", async () => {
  const model = new RecordingClassifier();
  const [outcome] = await run([article()], new MemoryState(), routes({ AAPL: model }));
  assert.ok(outcome?.kind === "emit");
  const record = outcome.records[0]?.record;
  assert.ok(record?.transformer);
  const expected = 0.75 * (record.transformer.positive - record.transformer.negative) + 0.25 * record.vaderCompound;
  assert.ok(Math.abs(record.score - expected) < 1e-12);
});

test("without a model VADER is used and the record is marked degraded", async () => {
  const [outcome] = await run([article()], new MemoryState());
  assert.ok(outcome?.kind === "emit");
  const record = outcome.records[0]?.record;
  assert.deepEqual(
    [record?.degraded, record?.model, record?.transformer, record?.score],
    [true, null, null, record?.vaderCompound],
  );
});

test("a text that the model could not read is VADER's, its batch mates are the model's", async () => {
  const model = new RecordingClassifier();
  const services = routes({
    AAPL: {
      ...model,
      model: model.model,
      blendWeight: 0.75,
      classify: async (texts) =>
        (await model.classify(texts)).map((read, index) => (texts[index] === "odd" ? null : read)),
    },
  });
  const outcomes = await run(
    [article({ id: "1", headline: "odd" }), article({ id: "2" })],
    new MemoryState(),
    services,
  );
  const records = outcomes.flatMap((outcome) =>
    outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : [],
  );
  assert.deepEqual(
    records.map(({ degraded, model: used, transformer }) => [degraded, used === null, transformer === null]),
    [
      [true, true, true],
      [false, false, false],
    ],
  );
});

test("an arm of VADER alone is not degraded", async () => {
  const services = {
    sentiment: { task: "sentiment", pick: () => ({ arm: "vader", model: undefined, rulesAlone: true }) },
  } as const;
  const [outcome] = await run([article()], new MemoryState(), services);
  assert.ok(outcome?.kind === "emit");
  const record = outcome.records[0]?.record;
  assert.deepEqual(
    [record?.degraded, record?.model, record?.arm, record?.score],
    [false, null, "vader", record?.vaderCompound],
  );
});

test("an article without symbols is absorbed and is known from then on", async () => {
  const state = new MemoryState<SentimentState>();
  assert.deepEqual(kinds(await run([article({ symbols: [] })], state)), ["absorb"]);
  state.commit();
  assert.deepEqual(kinds(await run([article({ symbols: [] })], state)), ["duplicate"]);
});

test("a repeat is a duplicate, in the same batch and in a later one", async () => {
  const state = new MemoryState<SentimentState>();
  assert.deepEqual(kinds(await run([article(), article()], state)), ["emit", "duplicate"]);
  state.commit();
  assert.deepEqual(kinds(await run([article({ availableAt: start + 29 * day })], state)), ["duplicate"]);
});

test("after 30 days of the articles' own time an article is forgotten", async () => {
  const state = new MemoryState<SentimentState>();
  await run([article()], state);
  state.commit();
  const later = start + 31 * day;
  const outcomes = await run([article({ id: "other", availableAt: later }), article({ availableAt: later })], state);
  assert.deepEqual(kinds(outcomes), ["emit", "emit"]);
});

test("the state does not grow beyond what 30 days hold", async () => {
  const state = new MemoryState<SentimentState>();
  for (let index = 0; index < 400; index++) {
    await run([article({ id: `article-${index}`, availableAt: start + (index * day) / 2 })], state);
    state.commit();
  }
  assert.ok([...state.entries()].length <= 62);
});

test("outcomes and state do not depend on how the articles are cut into batches", async () => {
  // Repeats, gaps of weeks, late articles and rejects, in an order that a seed fixes.
  let seed = 7;
  const random = (limit: number): number => (seed = (seed * 48271) % 2147483647) % limit;
  const articles = Array.from({ length: 300 }, (_, index) =>
    article({
      id: `article-${random(90)}`,
      headline: `headline ${random(50)} good`,
      symbols: ["AAPL", "GOOG", "MSFT"].slice(random(3)),
      availableAt: random(40) === 0 ? NaN : start + index * day * 0.7 - random(3) * 20 * day,
    }),
  );
  const attempt = async (nextSize: () => number): Promise<string> => {
    const state = new MemoryState<SentimentState>();
    const services = routes({ AAPL: new RecordingClassifier(), MSFT: new RecordingClassifier() });
    const outcomes: unknown[] = [];
    for (let at = 0; at < articles.length;) {
      const size = nextSize();
      outcomes.push(...(await run(articles.slice(at, at + size), state, services)));
      state.commit();
      at += size;
    }
    return JSON.stringify([outcomes, [...state.entries()].sort(([a], [b]) => (a < b ? -1 : 1))]);
  };
  const oneByOne = await attempt(() => 1);
  assert.ok((await attempt(() => 300)) === oneByOne);
  for (let round = 0; round < 20; round++) assert.ok((await attempt(() => 1 + random(60))) === oneByOne);
});

test("a time that is not a number is rejected and leaves the state alone", async () => {
  const state = new MemoryState<SentimentState>();
  const [outcome] = await run([article({ availableAt: NaN })], state);
  assert.ok(outcome?.kind === "reject" && outcome.code === "NOT_FINITE");
  state.commit();
  assert.deepEqual([...state.entries()], []);
});

test("when no worker can do it nothing is written to the state", async () => {
  const state = new MemoryState<SentimentState>();
  const failing = new RecordingClassifier();
  failing.classify = () => Promise.reject(new TransientError("no worker"));
  await assert.rejects(async () => run([article()], state, routes({ AAPL: failing })), TransientError);
  state.commit();
  assert.deepEqual([...state.entries()], []);
});

test("whoever runs the operator can time what rules alone read: once a batch, around the reading", async () => {
  let times = 0;
  const { sentiment } = routes({});
  const aroundRules = <Result>(read: () => Result): Result => {
    times += 1;
    return read();
  };
  const articles = [article(), article({ id: "article-2", headline: "Google falls" })];
  const timed = await run(articles, new MemoryState(), { sentiment: { ...sentiment, aroundRules } });
  assert.equal(times, 1);
  assert.deepEqual(timed, await run(articles, new MemoryState()));
});
