import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { databaseHealth } from "../../pipelines/runtime/database/health.js";
import { migrate } from "../../pipelines/runtime/database/migrate.js";
import { UserError } from "../../pipelines/runtime/errors.js";
import { createEmptyDatabase, createTestDatabase, withClient } from "../helpers/database.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-migrations-"));
after(() => rmSync(directory, { recursive: true }));
const file = (name: string, sql: string): void => writeFileSync(join(directory, name), sql);
const rejected = (message: RegExp) => (error: unknown) => error instanceof UserError && message.test(error.message);

test("several processes migrate one database at once: each migration is applied once, and again nothing", async () => {
  const url = await createEmptyDatabase();
  const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  const names = applied.flat();
  assert.ok(names.length > 0);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(await migrate(url), []);
});

test("migrations are applied in order, each as a whole or not at all", async () => {
  const url = await createEmptyDatabase();
  file("001_first.sql", "CREATE TABLE first (id integer);");
  file("002_second.sql", "INSERT INTO first VALUES (1); SELECT 1 / (SELECT count(*) - 1 FROM first);");
  await assert.rejects(migrate(url, { directory }), rejected(/002_second\.sql failed: division by zero/));
  await withClient(url, async (client) => {
    assert.equal((await client.query("SELECT FROM first")).rowCount, 0);
    assert.deepEqual((await client.query("SELECT name FROM newstape_migrations")).rows, [{ name: "001_first.sql" }]);
  });
  file("002_second.sql", "INSERT INTO first VALUES (2);");
  assert.deepEqual(await migrate(url, { directory }), ["002_second.sql"]);

  file("001_first.sql", "CREATE TABLE first (id bigint);");
  await assert.rejects(migrate(url, { directory }), rejected(/001_first\.sql was changed after it had been applied/));
  rmSync(join(directory, "001_first.sql"));
  await assert.rejects(migrate(url, { directory }), rejected(/001_first\.sql, which this build does not know/));
  file("001_first.sql", "CREATE TABLE first (id integer);");
  assert.deepEqual(await migrate(url, { directory }), []);
});

test("a migration that refuses to run in a transaction is marked so", async () => {
  const url = await createEmptyDatabase();
  file(
    "003_outside.sql",
    "-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS outside ON first (id);\n",
  );
  assert.deepEqual(await migrate(url, { directory }), ["001_first.sql", "002_second.sql", "003_outside.sql"]);
});

test("a file goes to the engine that it is for, and a number is given once", async () => {
  const url = await createEmptyDatabase();
  file("004_variant.timescaledb.sql", "CREATE VIEW variant AS SELECT 'timescaledb' AS engine;");
  file("004_variant.postgresql.sql", "CREATE VIEW variant AS SELECT 'postgresql' AS engine;");
  await migrate(url, { directory });
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ engine: string; is_timescale: boolean }>(
      "SELECT engine, EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') AS is_timescale FROM variant",
    );
    assert.equal(rows[0]?.engine, rows[0]?.is_timescale ? "timescaledb" : "postgresql");
  });
  file("004_again.sql", "SELECT 1;");
  await assert.rejects(migrate(url, { directory }), rejected(/the same number/));
  rmSync(join(directory, "004_again.sql"));
  file("5_misnamed.sql", "SELECT 1;");
  await assert.rejects(migrate(url, { directory }), rejected(/5_misnamed\.sql is not named/));
  rmSync(join(directory, "5_misnamed.sql"));
});

test("a database that does not answer is an error in plain words", async () => {
  await assert.rejects(migrate("postgresql://nobody@127.0.0.1:1/nothing"), rejected(/The database does not answer/));
});

test("a user without privileges migrates too, and what is missing is printed", async () => {
  const url = await createEmptyDatabase();
  const role = `newstape_test_${randomBytes(6).toString("hex")}`;
  await withClient(url, async (client) => {
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
    await client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO ${role}`);
  });
  const plain = new URL(url);
  plain.username = plain.password = role;
  const notices: string[] = [];
  assert.ok((await migrate(plain.href, { onNotice: (text) => notices.push(text) })).length > 0);
  assert.ok(
    notices.some((text) => text.includes("newstape_landing")),
    notices.join("\n"),
  );
  await withClient(plain.href, (client) => client.query("SELECT FROM latest_signals, daily_sentiment"));
  await withClient(url, async (client) => {
    await client.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER`);
    await client.query(`DROP OWNED BY ${role}`);
    await client.query(`DROP ROLE ${role}`);
  });
});

test("the health of the database is its version and, with TimescaleDB, its failed jobs", async () => {
  const { database } = await createTestDatabase();
  const health = await database.transaction(databaseHealth);
  assert.match(health.server, /^1[5-9]/);
  assert.equal(typeof health.failedJobs, "number");
});
