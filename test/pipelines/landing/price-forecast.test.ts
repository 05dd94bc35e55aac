import assert from "node:assert/strict";
import { test } from "node:test";
import { priceForecast } from "../../../pipelines/landing/price-forecast.js";
import { forecast } from "../../helpers/landing-records.js";

const method = (levels: number[], quantiles: number[], name = "combined") => ({
  method: name,
  levels,
  quantiles,
  volatility: 0.02,
});

test("the combined method's median and outer quantiles become prices", () => {
  assert.deepEqual(priceForecast(forecast()), {
    predictedPrice: 101,
    lowerBound: 96,
    upperBound: 106,
    confidence: 0.9,
  });
});

test("a median that is not among the levels lies between its neighbours", () => {
  const found = priceForecast(forecast({ methods: [method([0.1, 0.4, 0.8], [-0.02, 0, 0.04])] }));
  assert.ok(Math.abs((found?.predictedPrice ?? 0) - 101) < 1e-9);
  assert.equal(found?.confidence, 0.7);
});

test("the combined view counts wherever it stands; without it, or without any quantile, none", () => {
  const combined = method([0.5], [0.5]);
  const other = method([0.5], [0.1], "quantiles");
  assert.equal(priceForecast(forecast({ methods: [combined, other] }))?.predictedPrice, 150);
  assert.equal(priceForecast(forecast({ methods: [other] })), undefined);
  assert.equal(priceForecast(forecast({ methods: [] })), undefined);
  assert.equal(priceForecast(forecast({ methods: [method([], [])] })), undefined);
});
