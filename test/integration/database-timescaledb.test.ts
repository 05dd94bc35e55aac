/** What only TimescaleDB has; on plain PostgreSQL these tests are skipped, and the views' are not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { landBatch } from "../../pipelines/landing/land-batch.js";
import { createTestDatabase, withClient } from "../helpers/database.js";
import { bar, close, delivered, sentiment } from "../helpers/landing-records.js";

const { url, database } = await createTestDatabase();
const [extension] = await database.query("SELECT FROM pg_extension WHERE extname = 'timescaledb'");
const skip = extension === undefined && "the server has no TimescaleDB";
const year = 365 * 86_400_000;

test("daily_sentiment has the same columns on both engines", async () => {
  const columns = await database.query<{ attname: string; type: string }>(
    "SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = 'daily_sentiment'::regclass AND attnum > 0 ORDER BY attnum",
  );
  assert.deepEqual(
    columns.map(({ attname, type }) => `${attname} ${type}`),
    [
      "symbol text",
      "day timestamp with time zone",
      "articles bigint",
      "mean_score double precision",
      "lowest_score double precision",
      "highest_score double precision",
      "mean_confidence double precision",
      "negative bigint",
      "neutral bigint",
      "positive bigint",
    ],
  );
});

test("ledgers and bars are hypertables with a columnstore policy, and nothing is ever dropped", { skip }, async () => {
  const tables = await database.query<{ name: string; dimension: string }>(
    "SELECT hypertable_name AS name, column_name AS dimension FROM timescaledb_information.dimensions WHERE hypertable_schema = 'public' ORDER BY 1",
  );
  assert.deepEqual(
    tables.map(({ name, dimension }) => `${name} ${dimension}`),
    [
      "bars event_time",
      "features as_of",
      "forecast_ledger as_of",
      "market_context as_of",
      "scores as_of",
      "sentiment as_of",
      "signals as_of",
    ],
  );
  const jobs = await database.query<{ proc_name: string; count: string }>(
    "SELECT proc_name, count(*) FROM timescaledb_information.jobs WHERE hypertable_name IS NOT NULL GROUP BY 1 ORDER BY 1",
  );
  // All but market_context, which stays small.
  assert.deepEqual(jobs, [
    { proc_name: "policy_compression", count: "6" },
    { proc_name: "policy_refresh_continuous_aggregate", count: "1" },
  ]);
});

test(
  "what comes late into the columnstore is a duplicate, a conflict, a new row or a newer bar as everywhere",
  { skip },
  async () => {
    const articles = Array.from({ length: 100 }, (_, index) =>
      sentiment({ id: `packed-${index}`, asOf: close - year + index }),
    );
    await landBatch(database, new Map([["news.sentiment", delivered(articles)]]));
    await landBatch(
      database,
      new Map([["market.bars", delivered([bar({ symbol: "PACKED", eventTime: close - year })])]]),
    );
    await withClient(url, async (client) => {
      for (const table of ["sentiment", "bars"]) {
        const { rows } = await client.query<{ chunk: string }>(`SELECT show_chunks('${table}')::text AS chunk`);
        assert.ok(rows.length > 0);
        for (const { chunk } of rows) await client.query(`CALL convert_to_columnstore('${chunk}')`);
      }
    });
    const [first] = articles;
    assert.ok(first);
    const counts = await landBatch(
      database,
      new Map([["news.sentiment", delivered([...articles, { ...first, score: -1 }, { ...first, id: "packed-new" }])]]),
    );
    assert.deepEqual(counts.get("news.sentiment"), {
      inserted: 1,
      updated: 0,
      duplicates: 100,
      conflicts: 1,
      refused: 0,
    });
    const newer = bar({ symbol: "PACKED", eventTime: close - year, availableAt: close + 1, close: 1 });
    const bars = await landBatch(database, new Map([["market.bars", delivered([newer])]]));
    const found = await database.query<{ close: number }>("SELECT close FROM bars WHERE symbol = 'PACKED'");
    assert.deepEqual(found, [{ close: 1 }]);
    assert.equal(bars.get("market.bars")?.duplicates, 0);
  },
);

test(
  "the continuous aggregate holds the same before and after it was materialised, and late rows after the next refresh",
  { skip },
  async () => {
    const read = (): Promise<unknown[]> => database.query("SELECT * FROM daily_sentiment ORDER BY symbol, day");
    const refresh = (): Promise<unknown> =>
      withClient(url, (client) => client.query("CALL refresh_continuous_aggregate('daily_sentiment', NULL, NULL)"));
    const before = await read();
    assert.ok(before.length > 0);
    await refresh();
    assert.deepEqual(await read(), before);
    const late = sentiment({ id: "late", symbol: "LATE", asOf: close - 2 * year });
    await landBatch(database, new Map([["news.sentiment", delivered([late])]]));
    await refresh();
    assert.equal((await read()).length, before.length + 1);
  },
);
