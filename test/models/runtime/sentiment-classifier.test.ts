import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  loadSentimentClassifier,
  type LoadedSentimentClassifier,
} from "../../../models/runtime/sentiment-classifier.js";
import { newsRules } from "../../../models/runtime/text-normalisation.js";
import { bundledModel } from "./artefacts.js";

async function classifier(t: TestContext, workers: number): Promise<LoadedSentimentClassifier> {
  const loaded = await loadSentimentClassifier(bundledModel("sentiment"), { workers });
  t.after(() => loaded.close());
  return loaded;
}

const subjects = ["Apple", "$TSLA", "Oil", "Banks", "RT @trader: $AMZN", "Q3 revenue of General Electric"];
const verbs = [
  "soars after beating estimates",
  "falls on weak guidance",
  "holds its annual meeting",
  "cut to sell http://t.co/x",
];
const texts = subjects.flatMap((subject) => verbs.map((verb) => `${subject} ${verb}`));

test("a text's result is the same bits alone, in any batch and on any number of workers", async (t) => {
  const [one, three] = await Promise.all([classifier(t, 1), classifier(t, 3)]);
  const alone = [];
  for (const text of texts) alone.push(...(await one.classify([text])));
  assert.deepEqual(await one.classify(texts), alone);
  assert.deepEqual(await three.classify(texts), alone);
  assert.deepEqual(await three.classify([...texts].reverse()), [...alone].reverse());
});

test("probabilities sum to 1, and plain cases are told apart", async (t) => {
  const model = await classifier(t, 1);
  const results = await model.classify([
    "Shares soar after record profit beats all estimates",
    "Shares plunge as company warns of heavy losses and cuts its dividend",
  ]);
  for (const { negative, neutral, positive } of results)
    assert.ok(Math.abs(negative + neutral + positive - 1) < 1e-9 && Math.min(negative, neutral, positive) >= 0);
  const [good, bad] = results;
  assert.ok(good && bad && good.positive > good.negative && bad.negative > bad.positive);
});

test("any text can be read: empty, very long, without known characters, broken", async (t) => {
  const model = await classifier(t, 1);
  const results = await model.classify(["", "profit ".repeat(100_000), "\u{1f680}\u{1f680}", "\ud800", "\u0000\u0007"]);
  assert.ok(results.every(({ negative, neutral, positive }) => Number.isFinite(negative + neutral + positive)));
});

test("the event loop is free while the workers are at it", async (t) => {
  const model = await classifier(t, 2);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await model.classify(Array.from({ length: 200 }, (_, index) => `${texts[index % texts.length]} ${index}`));
  clearInterval(timer);
  assert.ok(ticks >= 5, `${ticks} ticks`);
});

test("the model was trained on texts prepared as VADER's are", async (t) => {
  assert.deepEqual((await classifier(t, 1)).card.textNormalisation.rules, newsRules);
});
