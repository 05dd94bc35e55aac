import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { snakeCase } from "../../../pipelines/landing/column.js";
import { landingTables, writers } from "../../../pipelines/landing/writers.js";
import { schemaDirectory } from "../../../schemas/files.js";
import { landedTopics, topics } from "../../../schemas/topics.js";
import { createTestDatabase } from "../../helpers/database.js";

const { database } = await createTestDatabase();

interface AvroRecord {
  readonly fields: readonly { readonly name: string }[];
}

/** Columns that stand for a field that is a record of its own. */
const nested: Readonly<Record<string, string>> = {
  blend: "blend_positive",
  transformer: "transformer_positive",
  vader: "vader_positive",
  model: "model_sha256",
};

for (const topic of landedTopics) {
  const [table = ""] = writers[topic].tables;

  test(`${table} has a column for every field of ${topic}`, async () => {
    const schema = JSON.parse(readFileSync(join(schemaDirectory, topics[topic].schemaFile), "utf8")) as AvroRecord;
    const rows = await database.query<{ column_name: string; data_type: string }>(
      "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1",
      [table],
    );
    const columns = new Set(rows.map((row) => row.column_name));
    for (const { name } of schema.fields) {
      const column = topic === "news.sentiment" ? (nested[name] ?? snakeCase(name)) : snakeCase(name);
      assert.ok(columns.has(column), `${table}.${column}`);
    }
    for (const column of ["known_at", "kafka_partition", "kafka_offset", "content_hash"])
      assert.ok(columns.has(column), column);
  });
}

test("no time is without its zone, and every table and view says what it is", async () => {
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
