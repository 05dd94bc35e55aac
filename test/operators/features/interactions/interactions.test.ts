import assert from "node:assert/strict";
import { test } from "node:test";
import { nyse } from "../../../../operators/calendar/nyse.js";
import { featureSetId } from "../../../../operators/features/feature-set.js";
import { allFeatures } from "../../../../operators/features/all-features.js";
import type { Feature } from "../../../../operators/features/feature.js";
import { withInteractions } from "../../../../operators/features/interactions/interactions.js";
import { product } from "../../../../operators/features/interactions/product.js";
import { emptyMemory } from "../../../../operators/features/memory.js";
import { FeatureView } from "../../../../operators/features/view.js";

const made = (name: string, warmUp: number, compute: Feature["compute"]): Feature => ({
  name,
  group: "news",
  parameters: {},
  version: 1,
  warmUp,
  formula: name,
  compute,
});

test("a product names its two features, and waits for the later one", () => {
  const left = made("left", 3, () => 2);
  const right = made("right", 7, () => -4);
  const both = product(left, right);
  assert.deepEqual([both.name, both.warmUp, both.compute(new FeatureView(nyse))], ["left-x-right", 7, -8]);
  assert.notEqual(featureSetId([both]), featureSetId([product({ ...left, version: 2 }, right)]));
});

test("what products are made of is computed once a vector, and anew for the next", () => {
  let calls = 0;
  const counted = allFeatures
    .filter(({ group }) => group !== "interaction")
    .map((feature) => (feature.name === "sentiment-mean" ? made("sentiment-mean", 0, () => (calls += 1)) : feature));
  const features = withInteractions(counted).filter(({ name }) => name.startsWith("sentiment-mean"));
  assert.ok(features.filter(({ group }) => group === "interaction").length >= 5);
  const view = new FeatureView(nyse);
  const window = { opens: [], highs: [], lows: [], closes: [1], volumes: [] };
  const series = { window, base: [...emptyMemory], recent: [], markets: [], current: [...emptyMemory] };
  for (const vector of [1, 2, 3]) {
    view.open(series, { asOf: 0, interval: "1d", news: null, market: null });
    for (const { compute } of features) compute(view);
    assert.equal(calls, vector);
  }
});

test("an interaction of a feature that is not there is an error that names it", () => {
  assert.throws(() => withInteractions([made("sentiment-mean", 0, () => 0)]), /made of range-volatility-20/);
});
