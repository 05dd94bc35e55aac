/** HAR variances against a batch computation with numpy (test/fixtures/har/make.py). */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { har, harVariance, stepHar } from "../../../../operators/forecasts/methods/har.js";
import { fixtureBars, fixtureSymbols } from "../../../helpers/records.js";
import { isNormal, varianceOf, viewsOver } from "../method-run.js";
import { expectedVariances } from "./expected-variances.js";

for (const symbol of fixtureSymbols) {
  test(`variances of ${symbol}`, () => {
    const views = viewsOver(har, fixtureBars(symbol)).slice(1);
    const expected = expectedVariances(symbol).map((row) => row.har);
    assert.equal(views.length, expected.length);
    for (const [index, view] of views.entries()) {
      const wanted = expected[index];
      assert.equal(view === undefined, wanted === undefined, `bar ${index + 2}`);
      if (view === undefined || wanted === undefined) continue;
      assert.ok(Math.abs((varianceOf(view) ?? NaN) / wanted - 1) <= 1e-9, `bar ${index + 2}`);
      assert.ok(isNormal(view));
    }
    assert.equal(views.filter(Boolean).length, 300 - 88);
  });
}

test("prices that never move give no forecast, and no failure", () => {
  let state = har.empty;
  for (let bar = 0; bar < 300; bar += 1) state = stepHar(state, 1e-7);
  assert.equal(harVariance(state), undefined);
});

test("whatever the variances, forecasts are finite and above 0", () => {
  const variance = fc.double({ min: Math.log(1e-7), max: Math.log(1e3), noNaN: true }).map(Math.exp);
  // Now and then all that are drawn are equal, which have no fit, as the test before shows: so each is moved a little.
  const moved = (value: number, index: number): number => value * (1 + 0.1 * Math.sin(index));
  fc.assert(
    fc.property(fc.array(variance, { minLength: 200, maxLength: 200 }), (drawn) => {
      const variances = drawn.map(moved);
      let state = har.empty;
      for (const [index, next] of variances.entries()) {
        state = stepHar(state, next);
        const forecast = harVariance(state);
        if (index >= 87) assert.ok(forecast !== undefined && forecast > 0 && Number.isFinite(forecast), `${forecast}`);
      }
    }),
    { numRuns: 50 },
  );
});
