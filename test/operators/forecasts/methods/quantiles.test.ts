import assert from "node:assert/strict";
import { test } from "node:test";
import { quantiles } from "../../../../operators/forecasts/methods/quantiles.js";
import { normalQuantile } from "../../../../operators/forecasts/normal.js";
import { levels as usual } from "../method-run.js";

const view = (modelQuantiles: number[], horizon: number, levels: readonly number[]) =>
  quantiles.forecast({}, { targetTime: 0, horizon, modelQuantiles }, levels);

test("crossing quantiles are rearranged; none lies below a total loss", () => {
  const levels = [0.1, 0.5, 0.9];
  assert.deepEqual(view([0.01, -0.02, 0.03], 1, levels)?.quantiles, [-0.02, 0.01, 0.03]);
  assert.deepEqual(view([-0.6, 0, 0.6], 4, levels)?.quantiles, [-1, 0, 1.2]);
});

test("the volatility of normal quantiles is that of the normal distribution", () => {
  const normal = usual.map((level) => 0.001 + 0.015 * normalQuantile(level));
  assert.ok(Math.abs((view(normal, 1, usual)?.volatility ?? NaN) - 0.015) < 1e-15);
  assert.equal(view([0.01], 1, [0.5])?.volatility, 0);
});

test("without a model there is no forecast", () => {
  assert.equal(quantiles.forecast({}, { targetTime: 0, horizon: 1, modelQuantiles: undefined }, usual), undefined);
});
