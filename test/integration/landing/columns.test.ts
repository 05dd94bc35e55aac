import assert from "node:assert/strict";
import { test } from "node:test";
import { landingTables } from "../../../pipelines/landing/writers.js";
import { landedTables } from "../../helpers/landed-tables.js";
import { createTestDatabase } from "../../helpers/database.js";

const { database } = await createTestDatabase();

for (const { name: table, columns } of landedTables) {
  test(`the migrations make the columns that landing fills in ${table}`, async () => {
    const rows = await database.query<{ name: string; type: string }>(
      `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
      [table],
    );
    const made = new Map(rows.map(({ name, type }) => [name, type]));
    const wanted = [...columns, { name: "content_hash", type: "text" }];
    const typeName = (type: string): string => (type === "timestamptz" ? "timestamp with time zone" : type);
    assert.deepEqual(
      wanted
        .filter(({ name, type }) => made.get(name) !== typeName(type))
        .map(({ name, type }) => `${table}.${name} ${type}`),
      [],
      "columns that no file of deploy/migrations adds, or with another type",
    );
  });
}

test("no time is without its zone, and every table and view has a comment", async () => {
  const zoneless = await database.query(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'`,
  );
  assert.deepEqual(zoneless, []);
  const silent = await database.query(
    "SELECT oid::regclass AS name FROM pg_class WHERE oid = ANY($1::regclass[]) AND obj_description(oid, 'pg_class') IS NULL",
    [
      [
        ...landingTables,
        "daily_sentiment",
        "score_targets",
        "forecast_methods",
        "latest_signals",
        "ml_models",
        "model_routes",
      ],
    ],
  );
  assert.deepEqual(silent, []);
});
