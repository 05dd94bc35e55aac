import assert from "node:assert/strict";
import { test } from "node:test";
import { cachedSentiment } from "../../../models/runtime/cached-sentiment.js";
import { loadSentimentClassifier } from "../../../models/runtime/sentiment-classifier.js";
import { bundledModel } from "./artefacts.js";
import { FakeSentiment, readingOf } from "./fake-sentiment.js";

test("a text that comes again, with another link, spacing or retweet mark, is not read again", async () => {
  const fake = new FakeSentiment();
  const lookups: [number, number][] = [];
  const cached = cachedSentiment(fake, { onLookup: (hits, misses) => lookups.push([hits, misses]) });
  await cached.classify(["Shares rise http://t.co/a", "RT @trader: Shares  rise   http://t.co/b", "Shares fall"]);
  await cached.classify(["Shares fall", "shares fall", "Shares\u00a0rise"]);
  assert.deepEqual(
    fake.asked.map((texts) => texts.length),
    [2, 1],
  );
  assert.deepEqual(lookups, [
    [1, 2],
    [2, 1],
  ]);
});

test("what the model may distinguish is kept apart: a retweet's mark further in, an entity of an entity", async () => {
  const fake = new FakeSentiment();
  const cached = cachedSentiment(fake);
  const texts = ["good news", "MT RT @someone: good news", "A&amp;amp;B", "A&amp;B"];
  assert.deepEqual(await cached.classify(texts), texts.map(readingOf));
  assert.deepEqual(fake.asked, [texts]);
});

test("it holds no more texts than it may; the least recently used goes", async () => {
  const fake = new FakeSentiment();
  const cached = cachedSentiment(fake, { entries: 2 });
  for (const text of ["a", "b", "a", "c", "a", "b"]) await cached.classify([text]);
  assert.deepEqual(fake.asked.flat(), ["a", "b", "c", "b"]);
});

test("a call that fails leaves nothing behind", async () => {
  const fake = new FakeSentiment();
  const cached = cachedSentiment(fake);
  fake.fault = new Error("broken");
  await assert.rejects(cached.classify(["a"]), /broken/);
  fake.fault = undefined;
  assert.deepEqual(await cached.classify(["a"]), [readingOf("a")]);
});

test("with the served model, remembered and read results are the same bits", async (t) => {
  const model = await loadSentimentClassifier(bundledModel("sentiment"), { workers: 2 });
  t.after(() => model.close());
  const cached = cachedSentiment(model);
  const texts = [
    "$AAPL soars http://t.co/x",
    "$AAPL soars",
    "Oil falls on weak demand",
    "",
    "\ud800",
    "Oil  falls on weak demand",
  ];
  const plain = await model.classify(texts);
  assert.deepEqual(await cached.classify(texts), plain);
  assert.deepEqual(await cached.classify([...texts].reverse()), [...plain].reverse());
});
