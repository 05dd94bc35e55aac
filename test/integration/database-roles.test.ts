import assert from "node:assert/strict";
import { test } from "node:test";
import { landBatch } from "../../pipelines/landing/land-batch.js";
import { tableCounts } from "../../pipelines/queries/table-counts.js";
import { createTestDatabase } from "../helpers/database.js";
import { bar, delivered, forecast, sentiment, signal, vector, score } from "../helpers/landing-records.js";
import type { LandedRecord } from "../../pipelines/landing/landed-record.js";
import type { LandedTopic } from "../../schemas/topics.js";

const { database } = await createTestDatabase();
const ledgers = ["sentiment", "market_context", "features", "scores", "forecast_ledger", "signals", "landing_audit"];
const projections = ["news", "bars", "forecasts"];
const registry = ["ml_models", "model_routes", "registry_revisions", "registry_outbox"];
const views = ["daily_sentiment", "score_targets", "forecast_methods", "latest_signals"];

const as = (role: string, statement: string): Promise<number | null> =>
  database.transaction(async (client) => {
    await client.query(`SET LOCAL ROLE ${role}`);
    return (await client.query(statement)).rowCount;
  });
const refused = { code: "42501" };

await landBatch(
  database,
  new Map<LandedTopic, LandedRecord[]>([
    ["news.sentiment", delivered([sentiment()])],
    ["market.bars", delivered([bar()])],
    ["features", delivered([vector()])],
    ["scores", delivered([score()])],
    ["forecasts", delivered([forecast()])],
    ["signals", delivered([signal()])],
  ]),
);

for (const ledger of ledgers) {
  test(`newstape_landing can neither change, delete nor empty ${ledger}`, async () => {
    await assert.rejects(as("newstape_landing", `UPDATE ${ledger} SET content_hash = 'other'`), refused);
    await assert.rejects(as("newstape_landing", `DELETE FROM ${ledger}`), refused);
    await assert.rejects(as("newstape_landing", `TRUNCATE ${ledger}`), refused);
    await as("newstape_landing", `SELECT FROM ${ledger}`);
  });
}

test("newstape_landing cannot reach the parts of a ledger around it", async () => {
  const chunks = await database.query<{ chunk: string }>(
    "SELECT inhrelid::regclass::text AS chunk FROM pg_inherits WHERE inhparent = 'signals'::regclass",
  );
  for (const { chunk } of chunks) await assert.rejects(as("newstape_landing", `DELETE FROM ${chunk}`), refused);
});

test("newstape_landing can change a projection, but not delete from it, and not touch the registry", async () => {
  for (const projection of projections) {
    await as("newstape_landing", `UPDATE ${projection} SET content_hash = content_hash`);
    await assert.rejects(as("newstape_landing", `DELETE FROM ${projection}`), refused);
  }
  for (const table of registry) await assert.rejects(as("newstape_landing", `DELETE FROM ${table}`), refused);
  await assert.rejects(as("newstape_landing", "UPDATE ml_models SET is_active = false"), refused);
});

test("newstape_reader reads everything and writes nothing", async () => {
  for (const relation of [...ledgers, ...projections, ...registry, ...views]) {
    await as("newstape_reader", `SELECT FROM ${relation}`);
  }
  for (const table of [...ledgers, ...projections]) {
    await assert.rejects(as("newstape_reader", `INSERT INTO ${table} DEFAULT VALUES`), refused);
    await assert.rejects(as("newstape_reader", `UPDATE ${table} SET content_hash = 'other'`), refused);
  }
});

test("landing takes on its role, and gives it back with the transaction", async () => {
  const roles: string[] = [];
  await landBatch(
    {
      transaction: (work) =>
        database.transaction(async (client) => {
          const result = await work(client);
          roles.push(
            ...(await client.query<{ role: string }>("SELECT current_user AS role")).rows.map(({ role }) => role),
          );
          return result;
        }),
    },
    new Map([["signals", delivered([signal({ id: "as-landing" })])]]),
  );
  assert.deepEqual(roles, ["newstape_landing"]);
  const [now] = await database.query<{ role: string }>("SELECT current_user AS role");
  assert.notEqual(now?.role, "newstape_landing");
});

test("nothing that was refused has changed anything", async () => {
  const counts = await database.transaction(tableCounts);
  assert.equal(counts.get("signals"), 2);
  assert.deepEqual(await database.query("SELECT FROM signals WHERE content_hash = 'other'"), []);
});
