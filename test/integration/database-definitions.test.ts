/** Views and functions follow their tables: after a column is added, altered or gone, and in a database of an earlier build. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type pg from "pg";
import { landBatch } from "../../pipelines/landing/land-batch.js";
import type { LandedRecord } from "../../pipelines/landing/landed-record.js";
import type { LandedTopic } from "../../schemas/topics.js";
import { backup } from "../../pipelines/operations/backup/backup.js";
import { restore } from "../../pipelines/operations/backup/restore.js";
import { definitionFindings } from "../../pipelines/operations/doctor/tables.js";
import { pendingDefinitions, readDefinitions } from "../../pipelines/runtime/database/definitions.js";
import { migrate } from "../../pipelines/runtime/database/migrate.js";
import { migrationDirectory } from "../../pipelines/runtime/database/migrations.js";
import { UserError } from "../../pipelines/runtime/errors.js";
import { createEmptyDatabase, createTestDatabase, withClient } from "../helpers/database.js";
import { delivered, forecast, score, sentiment, signal, vector } from "../helpers/landing-records.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-definitions-"));
after(() => rmSync(directory, { recursive: true }));
const definitions = readDefinitions(migrationDirectory);
const functions = {
  sentiment: "sentiment",
  features: "features",
  scores: "scores",
  forecasts: "forecast_ledger",
  signals: "signals",
};
const rejected = (message: RegExp) => (error: unknown) => error instanceof UserError && message.test(error.message);

/** The migrations before there were definitions. */
function formerMigrations(): string {
  const former = join(directory, "former");
  mkdirSync(former, { recursive: true });
  for (const file of readdirSync(migrationDirectory).filter((name) => name.endsWith(".sql") && name < "011"))
    cpSync(join(migrationDirectory, file), join(former, file));
  return former;
}

test("a column that is added by hand breaks no function, and is in each of them at once", async () => {
  const { url, database } = await createTestDatabase();
  await landBatch(
    database,
    new Map<LandedTopic, LandedRecord[]>([
      ["news.sentiment", delivered([sentiment()])],
      ["features", delivered([vector()])],
      ["scores", delivered([score()])],
      ["forecasts", delivered([forecast()])],
      ["signals", delivered([signal()])],
    ]),
  );
  // In one session, with plans of before, inlined and not.
  await withClient(url, async (client) => {
    for (const [name, table] of Object.entries(functions)) {
      const inlined = { name: `inlined-${name}`, text: `SELECT * FROM ${name}_as_of(now())` };
      const called = `SELECT row_to_json(${name}_as_of(now())) AS row`;
      assert.equal((await client.query(`SELECT FROM ${name}_as_of(now())`)).rowCount, 1);
      await client.query(called);
      await client.query(
        `ALTER TABLE ${table} ADD COLUMN by_hand float8, ADD COLUMN moment timestamptz DEFAULT 'infinity'`,
      );
      await client.query(`UPDATE ${table} SET by_hand = 0.5`);
      assert.equal((await client.query<{ by_hand: number }>(inlined)).rows[0]?.by_hand, 0.5, name);
      assert.equal((await client.query<{ row: { by_hand: number } }>(called)).rows[0]?.row.by_hand, 0.5, name);
    }
  });
});

test("the planner sees through a function: one symbol is not sought among all", async () => {
  const { database } = await createTestDatabase();
  for (const name of Object.keys(functions)) {
    const plan = await database.query(`EXPLAIN SELECT * FROM ${name}_as_of(now()) WHERE symbol = 'AAPL'`);
    assert.doesNotMatch(JSON.stringify(plan), /Function Scan/, name);
  }
});

test("migrating again makes anew the views and functions of a table that has gained a column, and no others", async () => {
  const { url, database } = await createTestDatabase();
  const pending = () => database.transaction((client) => pendingDefinitions(client, definitions));
  const columnOf = (view: string): Promise<unknown[]> =>
    database.query("SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'by_hand'", [view]);
  assert.deepEqual(await pending(), []);
  await database.query("CREATE VIEW mine AS SELECT symbol, strength FROM latest_signals");
  await database.query("ALTER TABLE signals ADD COLUMN by_hand float8");
  assert.equal((await columnOf("latest_signals")).length, 0);
  assert.match(definitionFindings(await pending())[0]?.summary ?? "", /latest_signals, signals_as_of/);
  assert.deepEqual(await migrate(url), ["latest_signals.view.sql", "signals_as_of.function.sql"]);
  assert.equal((await columnOf("latest_signals")).length, 1);
  assert.deepEqual(await pending(), []);
  assert.deepEqual(await migrate(url), []);
});

test("what somebody has dropped is made again, with its rights", async () => {
  const { url, database } = await createTestDatabase();
  await database.query("DROP VIEW score_targets");
  await database.query("DROP FUNCTION scores_as_of");
  assert.deepEqual(await migrate(url), ["score_targets.view.sql", "scores_as_of.function.sql"]);
  await database.transaction(async (client) => {
    await client.query("SET LOCAL ROLE newstape_reader");
    await client.query("SELECT FROM score_targets, scores_as_of(now())");
  });
});

test("functions of somebody else's that share a name are left alone, also where ours must be dropped to be made anew", async () => {
  const { url, database } = await createTestDatabase();
  const role = `newstape_test_${randomBytes(6).toString("hex")}`;
  await database.query(`CREATE ROLE ${role}`);
  for (const name of Object.keys(functions)) {
    await database.query(
      `CREATE FUNCTION ${name}_as_of(day date, again boolean) RETURNS integer LANGUAGE sql AS 'SELECT 7'`,
    );
    await database.query(`REVOKE ALL ON FUNCTION ${name}_as_of(timestamptz), ${name}_as_of(date, boolean) FROM PUBLIC`);
  }
  assert.deepEqual(await migrate(url), [], "an overload is no change of ours");
  // Another name of the argument, and another type of the result: neither can be replaced in place.
  await database.query("DROP FUNCTION signals_as_of(timestamptz)");
  await database.query("CREATE FUNCTION signals_as_of(at timestamptz) RETURNS integer LANGUAGE sql AS 'SELECT 8'");
  await database.query("REVOKE ALL ON FUNCTION signals_as_of(timestamptz) FROM PUBLIC");
  await database.query(`GRANT EXECUTE ON FUNCTION signals_as_of(timestamptz) TO ${role}`);
  assert.deepEqual(await migrate(url), ["signals_as_of.function.sql"]);
  await database.query("SELECT symbol FROM signals_as_of(now())");
  const [rights] = await database.query<{ ours: boolean; theirs: boolean; everyone: boolean }>(
    `SELECT has_function_privilege($1, 'signals_as_of(timestamptz)', 'EXECUTE') AS ours,
            has_function_privilege($1, 'signals_as_of(date, boolean)', 'EXECUTE') AS theirs,
            has_function_privilege($1, 'scores_as_of(timestamptz)', 'EXECUTE') AS everyone`,
    [role],
  );
  assert.deepEqual(rights, { ours: true, theirs: false, everyone: false });
  const [left] = await database.query<{ seven: number }>("SELECT signals_as_of(current_date, true) AS seven");
  assert.equal(left?.seven, 7);
  await database.query(`DROP OWNED BY ${role}`);
  await database.query(`DROP ROLE ${role}`);
});

test("a view whose columns have other names is made anew, and who could read it still can", async () => {
  const { url, database } = await createTestDatabase();
  const role = `newstape_test_${randomBytes(6).toString("hex")}`;
  await database.query(`CREATE ROLE ${role}`);
  await database.query(`GRANT SELECT ON latest_signals TO ${role} WITH GRANT OPTION`);
  await database.query("ALTER TABLE signals RENAME COLUMN close TO last_close");
  const applied = await migrate(url);
  assert.ok(applied.includes("latest_signals.view.sql"));
  const readers = [role, "newstape_reader", "newstape_landing"];
  for (const reader of readers) {
    await database.transaction(async (client) => {
      await client.query(`SET LOCAL ROLE ${reader}`);
      await client.query("SELECT last_close FROM latest_signals");
    });
  }
  const [right] = await database.query<{ may: boolean }>(
    "SELECT has_table_privilege($1, 'latest_signals', 'SELECT WITH GRANT OPTION') AS may",
    [role],
  );
  assert.equal(right?.may, true);
  await database.query(`DROP OWNED BY ${role}`);
  await database.query(`DROP ROLE ${role}`);
});

test("a view that others stand on is not taken away from under them: nothing is changed, and the error lists them", async () => {
  const { url, database } = await createTestDatabase();
  await database.query("CREATE VIEW mine AS SELECT symbol, close FROM latest_signals");
  await database.query("ALTER TABLE signals RENAME COLUMN close TO last_close");
  await assert.rejects(migrate(url), rejected(/latest_signals.*view mine depends on view latest_signals/));
  await database.query("SELECT close FROM latest_signals");
  await database.query("DROP VIEW mine");
  assert.ok((await migrate(url)).includes("latest_signals.view.sql"));
});

const models = "SELECT version, task, model_type FROM ml_models ORDER BY id";
/** As an earlier build registered them, and one that somebody else has put there. */
const insertModels = (client: pg.Client): Promise<unknown> =>
  client.query(
    `INSERT INTO ml_models (version, model_type, model_path, sha256, card) VALUES
       ('trees@1', 'direction', 'trees', repeat('a', 64), '{"trainer": {"lightgbm": "4.7.0"}}'),
       ('encoder@1', 'sentiment', 'encoder', repeat('b', 64), '{}'),
       ('7', 'random_forest', 'models/7.pkl', NULL, NULL)`,
  );
const sortedOut = [
  { version: "trees@1", task: "direction", model_type: "lightgbm" },
  { version: "encoder@1", task: "sentiment", model_type: "transformer" },
  { version: "7", task: null, model_type: "random_forest" },
];

test("a backup of an earlier build is restored into the tables of this one", async () => {
  const [former, target] = [await createEmptyDatabase(), await createEmptyDatabase()];
  await migrate(former, { directory: formerMigrations() });
  await withClient(former, insertModels);
  const file = join(directory, "former.backup.gz");
  await backup(former, file);
  await restore(target, file);
  await withClient(target, async (client) => assert.deepEqual((await client.query(models)).rows, sortedOut));
});

test("a database of an earlier build, with a column added by hand, is brought along", async () => {
  const url = await createEmptyDatabase();
  await migrate(url, { directory: formerMigrations() });
  await withClient(url, async (client) => {
    await client.query("CREATE VIEW mine AS SELECT symbol, strength FROM latest_signals");
    await client.query("ALTER TABLE signals ADD COLUMN by_hand float8");
    await assert.rejects(client.query("SELECT * FROM signals_as_of(now())"), /return type mismatch/);
    await client.query("ALTER TABLE features DROP COLUMN market_id CASCADE");
    await insertModels(client);
  });
  const applied = await migrate(url);
  assert.deepEqual(
    applied.filter((name) => !/^\d/.test(name)),
    definitions.map(({ file }) => file),
  );
  await withClient(url, async (client) => {
    await client.query("SELECT by_hand FROM signals_as_of(now()) UNION SELECT by_hand FROM latest_signals");
    await client.query("SELECT strength FROM mine");
    await client.query("SELECT * FROM features_as_of(now())");
    assert.deepEqual((await client.query(models)).rows, sortedOut);
    // A build of before, which goes on running, publishes what it reads back as the task.
    const { rows } = await client.query<{ task: string }>(
      `INSERT INTO registry_outbox (key, revision, record) VALUES
         ('trees@1', 99, '{"model": {"task": "lightgbm"}}'), ('unknown@1', 1, '{"model": {"task": "move"}}')
       RETURNING record #>> '{model,task}' AS task`,
    );
    assert.deepEqual(
      rows.map(({ task }) => task),
      ["direction", "move"],
    );
  });
  assert.deepEqual(await migrate(url), []);
});

test("tables in a schema of their own have functions that read there, whatever the caller's search_path", async () => {
  const url = await createEmptyDatabase();
  await withClient(url, (client) => client.query('CREATE SCHEMA "own-place"'));
  const own = new URL(url);
  own.searchParams.set("options", '-c search_path="own-place"');
  await migrate(own.href);
  await withClient(url, (client) => client.query('SELECT * FROM "own-place".signals_as_of(now())'));
});

test("a definition has its kind in its name, and no failing one changes anything", async () => {
  const url = await createEmptyDatabase();
  const place = join(directory, "wrong");
  mkdirSync(join(place, "definitions"), { recursive: true });
  writeFileSync(join(place, "001_first.sql"), "CREATE TABLE first (id integer);");
  const file = (name: string, sql: string): void => writeFileSync(join(place, "definitions", name), sql);
  file("ids.sql", "CREATE OR REPLACE VIEW ids AS SELECT * FROM first;");
  await assert.rejects(migrate(url, { directory: place }), rejected(/ids\.sql is not named/));
  rmSync(join(place, "definitions", "ids.sql"));
  file("ids.view.sql", "CREATE VIEW ids AS SELECT * FROM first;");
  await assert.rejects(migrate(url, { directory: place }), rejected(/does not begin with CREATE OR REPLACE VIEW ids/));
  file("ids.view.sql", "CREATE OR REPLACE VIEW ids AS SELECT * FROM first;");
  file("tell.function.sql", "CREATE OR REPLACE FUNCTION tell(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';");
  await assert.rejects(migrate(url, { directory: place }), rejected(/tell\.function\.sql does not name its arguments/));
  rmSync(join(place, "definitions", "tell.function.sql"));
  file("more.view.sql", "CREATE OR REPLACE VIEW more AS SELECT * FROM nothing;");
  await assert.rejects(migrate(url, { directory: place }), rejected(/view more .*nothing/));
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ found: string | null }>("SELECT to_regclass('ids') AS found");
    assert.equal(rows[0]?.found, null);
  });
  rmSync(join(place, "definitions", "more.view.sql"));
  assert.deepEqual(await migrate(url, { directory: place }), ["ids.view.sql"]);
});
