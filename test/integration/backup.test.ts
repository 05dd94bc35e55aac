import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { RegistryStore } from "../../models/registry/store.js";
import { backfill } from "../../pipelines/operations/backfill/backfill.js";
import { backup } from "../../pipelines/operations/backup/backup.js";
import { restore } from "../../pipelines/operations/backup/restore.js";
import { backupTables, quoted, quotedList } from "../../pipelines/operations/backup/tables.js";
import { landBatch } from "../../pipelines/landing/land-batch.js";
import type { LandedRecord } from "../../pipelines/landing/landed-record.js";
import type { LandedTopic } from "../../schemas/topics.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { Database } from "../../pipelines/runtime/database/database.js";
import { UserError } from "../../pipelines/runtime/errors.js";
import { readRegistry } from "../../pipelines/serving/read-registry.js";
import { stages } from "../../pipelines/stages/index.js";
import { newstape } from "../helpers/cli.js";
import { createEmptyDatabase, createTestDatabase } from "../helpers/database.js";
import { createTestCluster } from "../helpers/kafka.js";
import { delivered, score, signal } from "../helpers/landing-records.js";
import { createPipeline, silentProgress, sliceFiles, sliceSymbols } from "../helpers/pipeline.js";

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "newstape-backup-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Of each table the SHA-256 of its rows as PostgreSQL writes them, in the order of the key, and their number. */
async function contents(url: string): Promise<Record<string, string>> {
  const database = new Database(url, { connections: 1 });
  try {
    return await database.transaction(async (client) => {
      const hashes: Record<string, string> = {};
      for (const { name, columns, key } of await backupTables(client)) {
        const own = name === "registry_outbox" ? columns.filter((column) => column !== "published_at") : columns;
        const { rows } = await client.query<{ row: string }>(
          `SELECT (${quotedList(own)})::text AS row FROM ${quoted(name)} ORDER BY ${quotedList(key)}`,
        );
        const hash = createHash("sha256");
        for (const { row } of rows) hash.update(row).update("\n");
        hashes[name] = `${rows.length} ${hash.digest("hex")}`;
      }
      return hashes;
    });
  } finally {
    await database.close();
  }
}

/** Models and routes as the topic has them, in the order of their names. */
async function registryOf(cluster: Parameters<typeof readRegistry>[0]): Promise<string[]> {
  const { models, routes } = await readRegistry(cluster);
  return [...models, ...routes].map((entry) => JSON.stringify(entry)).sort();
}

const rowsIn = (hashes: Readonly<Record<string, string>>, table: string): number =>
  Number(hashes[table]?.split(" ")[0]);

test("a backup restores every row of every table, and the registry's topic is published anew from it", async (t) => {
  const pipeline = await createPipeline(t);
  await backfill({ ...pipeline, ...sliceFiles, symbols: sliceSymbols, progress: silentProgress });
  const directory = temporary(t);
  const file = join(directory, "newstape.backup.gz");
  const made = await newstape(pipeline.environment, ["backup", file, "--json"]);
  assert.equal(made.code, 0, made.stderr);
  const before = await contents(pipeline.config.databaseUrl);
  for (const table of ["signals", "features", "bars", "news", "ml_models", "model_routes"]) {
    assert.ok(rowsIn(before, table) > 0, `${table} is empty: nothing would be tested`);
  }
  assert.equal(statSync(file).mode & 0o077, 0, "others can read it");
  assert.deepEqual(readdirSync(directory), ["newstape.backup.gz"], "nothing half-written stays");

  const url = await createEmptyDatabase();
  const other = await createTestCluster(t, stages, { DATABASE_URL: url });
  const restored = await newstape(other.environment, ["restore", file, "--json"]);
  assert.equal(restored.code, 0, restored.stderr);
  assert.deepEqual(await contents(url), before);
  assert.ok((await registryOf(other)).join() === (await registryOf(pipeline)).join(), "the registry's topic differs");

  await t.test("what the database numbers itself goes on behind the restored rows", async () => {
    const database = new Database(url, { connections: 1 });
    t.after(() => database.close());
    const store = new RegistryStore(database);
    const [model] = (await store.models()).filter(({ task }) => task === "return");
    assert.ok(model);
    const arms = ["a", "b"].map((arm) => ({ arm, model: `${model.name}@${model.version}`, share: 0.5 }));
    assert.equal(await store.setRoute("return", arms), true);
  });

  await t.test("a database that has rows is left as it is", async () => {
    const again = await newstape(other.environment, ["restore", file]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /has rows already/);
    assert.match(again.stderr, /empty database/);
  });
});

test("an older backup outranks what the topic has got since", async (t) => {
  const pipeline = await createPipeline(t);
  const file = join(temporary(t), "older.gz");
  const before = await registryOf(pipeline);
  await backup(pipeline.config.databaseUrl, file);
  const store = new RegistryStore(pipeline.database);
  const [first] = (await readRegistry(pipeline)).routes;
  assert.ok(first);
  const [arm] = first.arms;
  assert.ok(arm);
  for (const share of [0.25, 0.75]) {
    await store.setRoute(first.task, [
      { ...arm, arm: "a", share },
      { ...arm, arm: "b", share: 1 - share },
    ]);
  }
  await publishRegistry(pipeline, pipeline.database);
  assert.ok((await registryOf(pipeline)).join() !== before.join());
  const url = await createEmptyDatabase();
  const restored = await newstape({ ...pipeline.environment, DATABASE_URL: url }, ["restore", file, "--json"]);
  assert.equal(restored.code, 0, restored.stderr);
  assert.ok((await registryOf(pipeline)).join() === before.join(), "the topic does not follow the backup");
});

test("a backup is of one moment, however much is written meanwhile", async (t) => {
  const { url, database } = await createTestDatabase();
  let isDone = false;
  let written = 0;
  const land = (): Promise<unknown> => {
    const id = `n${written}`;
    written += 1;
    return landBatch(
      database,
      new Map<LandedTopic, LandedRecord[]>([
        ["scores", delivered([score({ id })])],
        ["signals", delivered([signal({ id })])],
      ]),
    );
  };
  const writing = (async () => {
    while (!isDone) await land();
  })();
  const directory = temporary(t);
  const counts = new Set<number>();
  for (let round = 0; round < 8; round += 1) {
    const { rows } = await backup(url, join(directory, `${round}.gz`));
    assert.equal(rows.scores, rows.signals);
    counts.add(rows.signals ?? 0);
  }
  isDone = true;
  await writing;
  assert.ok(counts.size > 1, "nothing was written meanwhile: nothing would be tested");
});

/** A byte of the first place where the text stands; to be found, it must not be compressed. */
function withByteChanged(bytes: Buffer, text: string): Buffer {
  const at = bytes.indexOf(text);
  assert.ok(at > 0, text);
  return Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
}

test("a damaged backup restores nothing, and the error has what is wrong with it", async (t) => {
  const { url, database } = await createTestDatabase();
  const signals = Array.from({ length: 50 }, (_, index) => signal({ id: `s${index}` }));
  await landBatch(database, new Map<LandedTopic, LandedRecord[]>([["signals", delivered(signals)]]));
  const directory = temporary(t);
  const file = join(directory, "whole.gz");
  await backup(url, file);
  const bytes = readFileSync(file);
  const text = gunzipSync(bytes).toString();
  const target = await createEmptyDatabase();
  const cases: Readonly<Record<string, Buffer>> = {
    "cut off": bytes.subarray(0, bytes.length >> 1),
    "a byte changed": Buffer.from(bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 1 : byte))),
    "a name changed": withByteChanged(gzipSync(text, { level: 0 }), "strength"),
    "a row changed": gzipSync(text.replace("s17\t", "s71\t")),
    "a row removed": gzipSync(text.replace(/^s17\t.*\n/m, "")),
    "a row of another shape": gzipSync(text.replace(/^s17\t/m, "s17\tx\t")),
    "without its end": gzipSync(text.slice(0, text.lastIndexOf("{"))),
    "no gzip": Buffer.from(text),
    "no backup": gzipSync("hello\n"),
    empty: Buffer.alloc(0),
  };
  for (const [name, content] of Object.entries(cases)) {
    const damaged = join(directory, "damaged.gz");
    writeFileSync(damaged, content);
    await assert.rejects(restore(target, damaged), (error: unknown) => {
      assert.ok(error instanceof UserError, `${name}: ${String(error)}`);
      assert.match(error.message, /damaged, or no backup/, name);
      return true;
    });
    assert.equal(rowsIn(await contents(target), "signals"), 0, name);
  }
  const newer = join(directory, "newer.gz");
  writeFileSync(
    newer,
    gzipSync(text.replace('"migrations":[', '"migrations":[{"name":"900_later.sql","sha256":"0"},')),
  );
  await assert.rejects(restore(target, newer), /a build that this one does not know \(migration 900_later\.sql\)/);
  await assert.rejects(restore(target, join(directory, "none.gz")), /cannot be read/);
  await restore(target, file);
  assert.deepEqual(await contents(target), await contents(url));
});

test("a backup has the tables of Newstape alone, and names what it leaves out", async (t) => {
  const { url, database } = await createTestDatabase();
  await database.query("CREATE TABLE notes (text text)");
  await database.query("INSERT INTO notes VALUES ('mine')");
  await landBatch(database, new Map<LandedTopic, LandedRecord[]>([["signals", delivered([signal({ id: "s" })])]]));
  const fresh = await createTestDatabase();
  const file = join(temporary(t), "b.gz");
  const { rows, leftOut } = await backup(url, file);
  assert.deepEqual(leftOut, ["notes"]);
  assert.deepEqual(Object.keys(rows), Object.keys((await backup(fresh.url, `${file}2`)).rows));
  const target = await createEmptyDatabase();
  assert.deepEqual((await restore(target, file)).skipped, []);
  assert.equal(rowsIn(await contents(target), "signals"), 1);
});

test("tables and columns that this build does not know are skipped and named; the rest is restored", async (t) => {
  const { url, database } = await createTestDatabase();
  await database.query("ALTER TABLE signals ADD COLUMN size_hint text DEFAULT E'a\\tb\\\\c'");
  await landBatch(database, new Map<LandedTopic, LandedRecord[]>([["signals", delivered([signal({ id: "s" })])]]));
  const directory = temporary(t);
  const [file, former, target] = [join(directory, "b.gz"), join(directory, "f.gz"), await createEmptyDatabase()];
  await backup(url, file);
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");
  const { rows } = JSON.parse(lines.pop() ?? "") as { rows: Record<string, number> };
  // A build of before has taken along whatever was in the schema.
  lines.push('{"table":"newstape_definitions","columns":["file","sha256"]}', "a.view.sql\t0", "\\.");
  const body = `${lines.join("\n")}\n`;
  const sha256 = createHash("sha256").update(body).digest("hex");
  writeFileSync(former, gzipSync(`${body}${JSON.stringify({ rows: { ...rows, newstape_definitions: 1 }, sha256 })}\n`));
  assert.deepEqual((await restore(target, former)).skipped, [
    "column size_hint of signals",
    "table newstape_definitions",
  ]);
  const restored = new Database(target, { connections: 1 });
  t.after(() => restored.close());
  const definitions = "SELECT file, sha256 FROM newstape_definitions ORDER BY file";
  const fresh = (await createTestDatabase()).database;
  assert.deepEqual(await restored.query(definitions), await fresh.query(definitions));
  const content = "SELECT id, symbol, strength, close, valid_until FROM signals";
  assert.deepEqual(await restored.query(content), await database.query(content));
});

test("a backup that cannot be written is an error, and leaves the one before", async (t) => {
  const { url } = await createTestDatabase();
  const directory = temporary(t);
  await assert.rejects(backup(url, join(directory, "missing", "b.gz")), /cannot be written/);
  const file = join(directory, "b.gz");
  await backup(url, file);
  const good = readFileSync(file);
  const empty = await createEmptyDatabase();
  await assert.rejects(backup(empty, file), /no tables of Newstape/);
  assert.deepEqual(readFileSync(file), good);
  assert.deepEqual(readdirSync(directory), ["b.gz"]);
});
