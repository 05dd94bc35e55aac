import assert from "node:assert/strict";
import { test } from "node:test";
import { bar, close, delivered, forecast } from "../../helpers/landing-records.js";
import { counted, database, land, one } from "./land.js";

test("a projection is replaced by what was available later, and by a later offset of the same time, not by older", async () => {
  const at = (availableAt: number, closing: number) =>
    bar({ id: `bar-${closing}`, symbol: "FIX", availableAt, close: closing });
  const price = async (): Promise<number> =>
    (await one<{ close: number }>("SELECT close FROM bars WHERE symbol = 'FIX'")).close;
  assert.deepEqual(
    await land("market.bars", delivered([at(close + 5, 2), at(close, 1)], 0)),
    counted({ inserted: 1, duplicates: 1 }),
  );
  assert.equal(await price(), 2);
  assert.deepEqual(await land("market.bars", delivered([at(close + 4, 3)], 2)), counted({ duplicates: 1 }));
  assert.deepEqual(await land("market.bars", delivered([at(close + 5, 4)], 3)), counted({ updated: 1 }));
  assert.equal(await price(), 4);
  assert.deepEqual(await land("market.bars", delivered([at(close + 5, 4)], 3)), counted({ duplicates: 1 }));
});

test("the table forecasts has the latest of a symbol, day and model version, as prices of that New York day", async () => {
  const made = (id: string, asOf: number, median: number, modelVersion = "return-trees@1") =>
    forecast({
      id,
      symbol: "DAY",
      asOf,
      targetTime: Date.UTC(2015, 2, 4, 1),
      modelVersion,
      methods: [{ method: "combined", levels: [0.05, 0.5, 0.95], quantiles: [-0.1, median, 0.1], volatility: 0.02 }],
    });
  await land(
    "forecasts",
    delivered([
      made("day-2", close + 2, 0.02),
      made("day-1", close + 1, 0.01),
      made("other", close, 0.5, "return-trees@2"),
    ]),
  );
  const rows = await database.query<Record<string, unknown>>(
    `SELECT forecast_date::text, predicted_price, round(lower_bound::numeric, 6)::text AS lower_bound, confidence, model_version, forecast_id, created_at = as_of AS is_dated
     FROM forecasts WHERE symbol = 'DAY' ORDER BY model_version`,
  );
  const shared = { forecast_date: "2015-03-03", lower_bound: "90.000000", confidence: 0.9, is_dated: true };
  assert.deepEqual(rows, [
    { ...shared, predicted_price: 102, model_version: "return-trees@1", forecast_id: "day-2" },
    { ...shared, predicted_price: 150, model_version: "return-trees@2", forecast_id: "other" },
  ]);
});

test("a forecast that conflicts with the ledger does not reach the table forecasts", async () => {
  await land("forecasts", delivered([forecast({ id: "kept", symbol: "KEPT" })]));
  const changed = forecast({ id: "kept", symbol: "KEPT", close: 1 });
  assert.deepEqual(await land("forecasts", delivered([changed], 9)), counted({ conflicts: 1 }));
  assert.equal(
    (await one<{ predicted_price: number }>("SELECT predicted_price FROM forecasts WHERE symbol = 'KEPT'"))
      .predicted_price,
    101,
  );
});

test("a row that somebody else put into forecasts gives way", async () => {
  await database.query(
    "INSERT INTO forecasts (symbol, forecast_date, predicted_price, model_version) VALUES ('OWN', '2015-03-03', 1, 'return-trees@1')",
  );
  await land("forecasts", delivered([forecast({ id: "own", symbol: "OWN" })]));
  assert.equal(
    (await one<{ predicted_price: number }>("SELECT predicted_price FROM forecasts WHERE symbol = 'OWN'"))
      .predicted_price,
    101,
  );
});
