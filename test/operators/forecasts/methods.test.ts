import assert from "node:assert/strict";
import { test } from "node:test";
import {
  combinedMethod,
  defaultLevels,
  medianOf,
  modelMethod,
  normalMethod,
} from "../../../operators/forecasts/methods.js";
import { normalQuantile } from "../../../operators/forecasts/normal.js";

const levels = [0.1, 0.5, 0.9];

test("a normal view has the variance's root as volatility, and widens with the root of the horizon", () => {
  const { quantiles, volatility } = normalMethod("naive", 0.0004, 1, levels);
  assert.equal(volatility, 0.02);
  assert.equal(quantiles[1], 0);
  assert.ok(Math.abs((quantiles[2] ?? NaN) - Math.expm1(0.02 * normalQuantile(0.9))) < 1e-15);
  assert.equal(normalMethod("naive", 0.0004, 4, levels).volatility, 0.04);
});

test("any variance gives finite quantiles", () => {
  for (const variance of [0, 1e-300, 1e300]) {
    assert.ok(normalMethod("har", variance, 22, levels).quantiles.every(Number.isFinite));
  }
});

test("crossing quantiles are rearranged; none lies below a total loss", () => {
  assert.deepEqual(modelMethod([0.01, -0.02, 0.03], 1, levels).quantiles, [-0.02, 0.01, 0.03]);
  assert.deepEqual(modelMethod([-0.6, 0, 0.6], 4, levels).quantiles, [-1, 0, 1.2]);
});

test("the volatility of normal quantiles is that of the normal distribution", () => {
  const quantiles = defaultLevels.map((level) => 0.001 + 0.015 * normalQuantile(level));
  assert.ok(Math.abs(modelMethod(quantiles, 1, defaultLevels).volatility - 0.015) < 1e-15);
  assert.equal(modelMethod([0.01], 1, [0.5]).volatility, 0);
});

test("the combined view is the mean of the methods", () => {
  const combined = combinedMethod([
    { method: "a", levels, quantiles: [-0.02, 0, 0.02], volatility: 0.01 },
    { method: "b", levels, quantiles: [-0.04, 0.01, 0.04], volatility: 0.03 },
  ]);
  assert.deepEqual(combined, { method: "combined", levels, quantiles: [-0.03, 0.005, 0.03], volatility: 0.02 });
});

test("the median lies between the levels around one half", () => {
  assert.equal(medianOf({ levels, quantiles: [-1, 0.25, 1] }), 0.25);
  assert.equal(medianOf({ levels: [0.25, 0.75], quantiles: [-0.5, 1] }), 0.25);
  assert.equal(medianOf({ levels: [0.1, 0.2], quantiles: [1, 2] }), 2);
  assert.equal(medianOf({ levels: [0.7], quantiles: [3] }), 3);
});
