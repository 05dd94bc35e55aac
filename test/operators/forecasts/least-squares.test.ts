import assert from "node:assert/strict";
import { test } from "node:test";
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
