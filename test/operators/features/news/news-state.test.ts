import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import avro from "avsc";
import fc from "fast-check";
import { nyse } from "../../../../operators/calendar/nyse.js";
import { allFeatures } from "../../../../operators/features/all-features.js";
import { emptyMemory } from "../../../../operators/features/memory.js";
import { decayedCount, decayedMean, halfLives } from "../../../../operators/features/news/decayed-sentiment.js";
import { dispersion, negativeShare } from "../../../../operators/features/news/disagreement.js";
import { stepNews } from "../../../../operators/features/news/news-state.js";
import { sentimentSurprise } from "../../../../operators/features/news/surprise.js";
import { FeatureView } from "../../../../operators/features/view.js";
import { schemaDirectory } from "../../../../schemas/files.js";
import type { FeaturesState, NewsSentiment, NewsState } from "../../../../schemas/generated/types.js";
import { deepFreeze } from "../../../helpers/memory-state.js";
import { sentiment } from "../../../helpers/records.js";

const day = 86_400_000;
const start = Date.UTC(2014, 0, 1);

/** The state after articles that are known in this order, all at a time when each has been published. */
function after(articles: readonly NewsSentiment[], asOf: number, step: (state: NewsState) => NewsState = (x) => x) {
  return articles.reduce<NewsState | null>((state, article) => deepFreeze(step(stepNews(state, article, asOf))), null);
}

const newsFeatures = allFeatures.filter(({ group }) => group === "news");

function valuesOf(news: NewsState | null, asOf: number): number[] {
  const view = new FeatureView(nyse);
  const window = { opens: [], highs: [], lows: [], closes: [100], volumes: [] };
  const series = { window, base: [...emptyMemory], recent: [], markets: [], current: [...emptyMemory] };
  view.open(series, { asOf, interval: "1d", news, market: null });
  return newsFeatures.map((feature) => feature.compute(view));
}

/** Scores at and between the limits, ages from none to years, words that repeat and words that do not, or none. */
const anyArticle = fc
  .record({
    age: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * day }), fc.integer({ min: 0, max: 4000 * day })),
    score: fc.oneof(fc.constantFrom(-1, 0, 1), fc.double({ min: -1, max: 1, noNaN: true })),
    label: fc.constantFrom("negative", "neutral", "positive"),
    report: fc.boolean(),
    fingerprint: fc.oneof(
      fc.constant(Buffer.alloc(0)),
      fc.constant(Buffer.alloc(8, 0xa5)),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    ),
  })
  .map(({ age, ...rest }) => sentiment({ ...rest, label: rest.label, eventTime: start + 4000 * day - age }));
const anyArticles = fc.array(anyArticle, { minLength: 1, maxLength: 40 });
const end = start + 4000 * day;

test("an article weighs half after a half-life", () => {
  const first = stepNews(null, sentiment({ eventTime: start, score: 1 }), start);
  for (const [which, halfLife] of halfLives.entries()) {
    assert.equal(decayedCount(first, which as 0 | 1 | 2 | 3, start + halfLife), 0.5);
  }
  const second = stepNews(first, sentiment({ eventTime: start + day, score: -1, label: "negative" }), start + day);
  assert.equal(decayedMean(second, 2), (0.5 - 1) / 1.5);
  assert.equal(decayedCount(second, 2, start + day), 1.5);
  assert.equal(negativeShare(second, 2), 1 / 1.5);
  assert.ok(Math.abs(dispersion(second, 2) - Math.sqrt((0.5 * (4 / 3) ** 2 + (2 / 3) ** 2) / 1.5)) < 1e-12);
});

test("whatever the order in which articles arrive, means, counts, dispersion, shares and novelty are those of publication", () => {
  fc.assert(
    fc.property(anyArticles, (articles) => {
      const inOrder = articles.toSorted((a, b) => a.eventTime - b.eventTime);
      const found = after(articles, end);
      const expected = after(inOrder, end);
      assert.ok(found && expected);
      assert.equal(found.novelty, expected.novelty);
      assert.deepEqual(found.stories, expected.stories);
      for (const which of [0, 1, 2, 3] as const) {
        const weights = articles.map(({ eventTime }) => 2 ** ((eventTime - found.time) / (halfLives[which] ?? NaN)));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const of = (value: (article: NewsSentiment) => number): number =>
          articles.reduce((sum, article, index) => sum + (weights[index] ?? NaN) * value(article), 0) / total;
        const mean = of(({ score }) => score);
        near(decayedMean(found, which), mean);
        near(
          dispersion(found, which) ** 2,
          of(({ score }) => (score - mean) ** 2),
        );
        near(
          negativeShare(found, which),
          of(({ label }) => (label === "negative" ? 1 : 0)),
        );
        near(decayedCount(found, which, found.time) / total, 1);
      }
    }),
  );
});

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1e-3, Math.abs(expected)), `${found}, expected ${expected}`);
}

test("any articles give finite values, at the moment and years later", () => {
  fc.assert(
    fc.property(anyArticles, (articles) => {
      const state = after(articles, end);
      for (const later of [0, 1, day, 36_500 * day]) {
        const values = valuesOf(state, end + later);
        assert.ok(values.every(Number.isFinite), newsFeatures.find((_, at) => !Number.isFinite(values[at]))?.name);
      }
    }),
  );
});

test("a state that was encoded and decoded between any two articles is the same, bit for bit", () => {
  const schema = JSON.parse(readFileSync(join(schemaDirectory, "features.state.avsc"), "utf8")) as avro.Schema;
  const type = avro.Type.forSchema(schema);
  const base = { version: 0, interval: "", asOf: 0, sequence: 0, series: null, market: null };
  const restored = (news: NewsState): NewsState => {
    const state = type.fromBuffer(type.toBuffer({ ...base, news })) as FeaturesState;
    return state.news as NewsState;
  };
  fc.assert(
    fc.property(anyArticles, (articles) => {
      const found = valuesOf(after(articles, end, restored), end);
      for (const [index, value] of valuesOf(after(articles, end), end).entries()) {
        assert.ok(Object.is(found[index], value), newsFeatures[index]?.name);
      }
    }),
  );
});

test("the state of the news takes at most 400 bytes, however many articles there were", () => {
  const schema = JSON.parse(readFileSync(join(schemaDirectory, "features.state.avsc"), "utf8")) as avro.Schema;
  const type = avro.Type.forSchema(schema);
  let state: NewsState | null = null;
  for (let index = 0; index < 1000; index += 1) {
    const time = start + index * 7_000_003;
    const fingerprint = Buffer.alloc(8);
    fingerprint.writeDoubleBE(Math.sin(index));
    state = stepNews(
      state,
      sentiment({ eventTime: time, score: Math.sin(index), report: index % 3 === 0, fingerprint }),
      time,
    );
  }
  const bytes = type.toBuffer({
    version: 0,
    interval: "",
    asOf: 0,
    sequence: 0,
    series: null,
    market: null,
    news: state,
  });
  assert.ok(bytes.length <= 400, `${bytes.length} bytes`);
  assert.equal(state?.stories.length, 24);
});

test("a thousand articles in one millisecond count a thousand, and have one mean", () => {
  const articles = Array.from({ length: 1000 }, (_, index) =>
    sentiment({ eventTime: start, articleId: String(index), score: index % 2 === 0 ? 1 : -1 }),
  );
  const state = after(articles, start);
  for (const which of [0, 1, 2, 3] as const) {
    assert.equal(decayedCount(state, which, start), 1000);
    assert.ok(Math.abs(decayedMean(state, which)) < 1e-12);
    assert.ok(Math.abs(dispersion(state, which) - 1) < 1e-9);
  }
});

test("an article from the future counts as published when it was known", () => {
  const state = stepNews(null, sentiment({ eventTime: start + 365 * day, score: 1 }), start);
  assert.equal(state.time, start);
  assert.equal(decayedCount(state, 2, start + day), 0.5);
});

test("without articles every feature has its neutral value", () => {
  const values = Object.fromEntries(newsFeatures.map(({ name }, index) => [name, valuesOf(null, start)[index]]));
  const { "news-novelty": novelty, "news-age": age, ...others } = values;
  assert.deepEqual([novelty, age], [1, 1]);
  for (const [name, value] of Object.entries(others)) assert.equal(value, 0, name);
});

test("what is usual for one symbol is a surprise for another", () => {
  const story = (score: number, index: number) => sentiment({ eventTime: start + index * day, score });
  const usuallyBad = after([...Array.from({ length: 60 }, (_, index) => story(-0.6, index)), story(0.6, 60)], end);
  const usuallyGood = after([...Array.from({ length: 60 }, (_, index) => story(0.6, index)), story(0.6, 60)], end);
  assert.ok(sentimentSurprise(usuallyBad) > 3);
  assert.ok(Math.abs(sentimentSurprise(usuallyGood)) < 1e-9);
  const bad = after(
    [...Array.from({ length: 9999 }, (_, index) => story(1, index)), story(-1, 10_000)],
    start + 2e4 * day,
  );
  assert.equal(sentimentSurprise(bad), -5);
});
