import assert from "node:assert/strict";
import { test } from "node:test";
import { combine, combinedOf, medianOf } from "../../../operators/forecasts/combined.js";

const levels = [0.1, 0.5, 0.9];
const views = [
  { method: "a", levels, quantiles: [-0.02, 0, 0.02], volatility: 0.01 },
  { method: "b", levels, quantiles: [-0.04, 0.01, 0.04], volatility: 0.03 },
];
const combined = { method: "combined", levels, quantiles: [-0.03, 0.005, 0.03], volatility: 0.02 };

test("the combined view is the mean of the methods", () => {
  assert.deepEqual(combine(views), combined);
});

test("the combined view is found by its name, wherever it stands", () => {
  for (const methods of [
    [...views, combined],
    [combined, ...views],
  ])
    assert.equal(combinedOf({ methods }), combined);
  assert.equal(combinedOf({ methods: views }), undefined);
});

test("the median lies between the levels around one half", () => {
  assert.equal(medianOf({ levels, quantiles: [-1, 0.25, 1] }), 0.25);
  assert.equal(medianOf({ levels: [0.25, 0.75], quantiles: [-0.5, 1] }), 0.25);
  assert.equal(medianOf({ levels: [0.1, 0.2], quantiles: [1, 2] }), 2);
  assert.equal(medianOf({ levels: [0.7], quantiles: [3] }), 3);
});
