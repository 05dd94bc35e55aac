import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noSentiment, sentimentAt, stepSentiment } from "../../../../operators/features/indicators/sentiment-decay.js";
import { sentiment } from "../../../helpers/records.js";

const day = 86_400_000;
const start = Date.UTC(2014, 0, 1);

test("without any article mean and count are 0", () => {
  assert.deepEqual(sentimentAt(noSentiment, start), { mean: 0, count: 0 });
});

test("an article weighs half after a day", () => {
  const first = stepSentiment(noSentiment, sentiment({ eventTime: start, score: 1 }), start);
  assert.deepEqual(sentimentAt(first, start + day), { mean: 1, count: 0.5 });
  const second = stepSentiment(first, sentiment({ eventTime: start + day, score: -1 }), start + day);
  assert.deepEqual(sentimentAt(second, start + day), { mean: (0.5 - 1) / 1.5, count: 1.5 });
});

test("whatever the order in which articles arrive, they count as published", () => {
  const article = fc.record({
    age: fc.integer({ min: 0, max: 20 * day }),
    score: fc.double({ min: -1, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(article, { minLength: 1, maxLength: 30 }), (articles) => {
      const asOf = start + 20 * day;
      let state = noSentiment;
      for (const { age, score } of articles) {
        state = stepSentiment(state, sentiment({ eventTime: asOf - age, score }), asOf);
      }
      const weights = articles.map(({ age }) => 2 ** (-age / day));
      const count = weights.reduce((sum, weight) => sum + weight, 0);
      const total = articles.reduce((sum, { score }, index) => sum + score * (weights[index] ?? NaN), 0);
      const found = sentimentAt(state, asOf);
      assert.ok(Math.abs(found.count - count) <= 1e-9 * count);
      assert.ok(Math.abs(found.mean - total / count) <= 1e-9);
    }),
  );
});

test("an article from the future counts as published when it was known", () => {
  const state = stepSentiment(noSentiment, sentiment({ eventTime: start + 365 * day, score: 1 }), start);
  assert.deepEqual(sentimentAt(state, start + day), { mean: 1, count: 0.5 });
});
