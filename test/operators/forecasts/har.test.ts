import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { emptyHar, harVariance, stepHar } from "../../../operators/forecasts/har.js";
import { addRow, solve } from "../../../operators/forecasts/least-squares.js";

test("least squares finds the line and its residuals", () => {
  // y = 1 + 2x, with residuals +1, −1, −1, +1 that are orthogonal to both regressors
  const rows = [
    [1, 0, 2],
    [1, 1, 2],
    [1, 2, 4],
    [1, 3, 8],
  ];
  const fit = solve(rows.reduce<number[]>(addRow, []), 3, 4);
  assert.ok(Math.abs((fit?.coefficients[0] ?? NaN) - 1) < 1e-12);
  assert.ok(Math.abs((fit?.coefficients[1] ?? NaN) - 2) < 1e-12);
  assert.ok(Math.abs((fit?.residualVariance ?? NaN) - 1) < 1e-12);
});

test("regressors that are not independent have no fit", () => {
  const rows = [
    [1, 2, 1],
    [1, 2, 2],
    [1, 2, 3],
  ];
  assert.equal(solve(rows.reduce<number[]>(addRow, []), 3, 3), undefined);
});

test("prices that never move give no forecast, and no failure", () => {
  let state = emptyHar;
  for (let bar = 0; bar < 300; bar += 1) state = stepHar(state, 1e-7);
  assert.equal(harVariance(state), undefined);
});

test("whatever the variances, forecasts are finite and above 0", () => {
  const variance = fc.double({ min: Math.log(1e-7), max: Math.log(1e3), noNaN: true }).map(Math.exp);
  fc.assert(
    fc.property(fc.array(variance, { minLength: 200, maxLength: 200 }), (variances) => {
      let state = emptyHar;
      for (const [index, next] of variances.entries()) {
        state = stepHar(state, next);
        const forecast = harVariance(state);
        if (index >= 87) assert.ok(forecast !== undefined && forecast > 0 && Number.isFinite(forecast), `${forecast}`);
      }
    }),
    { numRuns: 50 },
  );
});
