/** Naive variances against a batch computation with numpy (test/fixtures/har/make.py). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { naive } from "../../../../operators/forecasts/methods/naive.js";
import { fixtureBars, fixtureSymbols } from "../../../helpers/records.js";
import { isNormal, varianceOf, viewsOver } from "../method-run.js";
import { expectedVariances } from "./expected-variances.js";

for (const symbol of fixtureSymbols) {
  test(`variances of ${symbol}`, () => {
    const views = viewsOver(naive, fixtureBars(symbol)).slice(1);
    const expected = expectedVariances(symbol).map((row) => row.naive);
    assert.equal(views.length, expected.length);
    for (const [index, view] of views.entries()) {
      assert.ok(Math.abs((varianceOf(view) ?? NaN) / (expected[index] ?? NaN) - 1) <= 1e-12, `bar ${index + 2}`);
      assert.ok(view && isNormal(view));
    }
  });
}

test("the view widens with the root of the horizon", () => {
  const state = { returns: 30, variance: 0.0004 };
  const over = (horizon: number) =>
    naive.forecast(state, { targetTime: 0, horizon, modelQuantiles: undefined }, [0.5])?.volatility;
  assert.deepEqual([over(1), over(4)], [0.02, 0.04]);
});
