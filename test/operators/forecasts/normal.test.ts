import assert from "node:assert/strict";
import { test } from "node:test";
import { normalReturn } from "../../../operators/forecasts/normal-return.js";
import { normalQuantile } from "../../../operators/forecasts/normal.js";

test("quantiles of the normal distribution", () => {
  // scipy.stats.norm.ppf
  const known = [
    [1e-300, -37.0470962993612],
    [1e-10, -6.361340902404056],
    [0.01, -2.3263478740408408],
    [0.05, -1.6448536269514729],
    [0.3, -0.5244005127080409],
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.95, 1.6448536269514722],
    [0.999, 3.090232306167813],
  ] as const;
  for (const [level, value] of known) {
    const found = normalQuantile(level);
    assert.ok(Math.abs(found - value) <= 2e-15 * Math.max(1, Math.abs(value)), `${level}: ${found}`);
  }
});

const levels = [0.1, 0.5, 0.9];

test("a normal return has the variance's root as volatility, and widens with the root of the horizon", () => {
  const { quantiles, volatility } = normalReturn(0.0004, 1, levels);
  assert.equal(volatility, 0.02);
  assert.equal(quantiles[1], 0);
  assert.ok(Math.abs((quantiles[2] ?? NaN) - Math.expm1(0.02 * normalQuantile(0.9))) < 1e-15);
  assert.equal(normalReturn(0.0004, 4, levels).volatility, 0.04);
});

test("any variance gives finite quantiles", () => {
  for (const variance of [0, 1e-300, 1e300])
    assert.ok(normalReturn(variance, 22, levels).quantiles.every(Number.isFinite));
});
