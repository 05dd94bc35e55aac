import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { BackupLines } from "../../../../pipelines/operations/backup/backup-lines.js";
import { BackupWriter } from "../../../../pipelines/operations/backup/backup-writer.js";
import { footerSchema, headerSchema, tableSchema } from "../../../../pipelines/operations/backup/format.js";
import { UserError } from "../../../../pipelines/runtime/errors.js";

async function inFolder(work: (path: (name: string) => string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "newstape-backup-"));
  try {
    await work((name) => join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function allOf(lines: BackupLines): Promise<string[]> {
  const found: string[] = [];
  for (let line = await lines.next(); line !== undefined; line = await lines.next()) found.push(line.toString());
  return found;
}

test("what is written is read, line by line, under the same hash, and only its owner can read it", async () =>
  inFolder(async (path) => {
    const file = path("a.backup");
    const writer = new BackupWriter(file);
    await writer.line('{"table":"news"}');
    // COPY gives its rows in chunks that end anywhere.
    await writer.bytes(Buffer.from("one\ttwo\nthr"));
    await writer.bytes(Buffer.from("ee\tü\n"));
    await writer.line("\\.");
    const written = writer.digest();
    await writer.end();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const lines = new BackupLines(file);
    assert.deepEqual(await allOf(lines), ['{"table":"news"}', "one\ttwo", "three\tü", "\\."]);
    assert.equal(lines.digest(), written);
  }));

test("a file that was cut off, or is no backup, is reported as damaged", async () =>
  inFolder(async (path) => {
    const file = path("a.backup");
    const text = Array.from({ length: 5000 }, (_, index) => `row ${index * 7919}`).join("\n");
    await writeFile(file, gzipSync(`${text}\n`));
    await truncate(file, (await readFile(file)).length - 100);
    await assert.rejects(
      allOf(new BackupLines(file)),
      (error) => error instanceof UserError && /damaged/.test(error.message),
    );
    await writeFile(file, "plain text");
    const other = new BackupLines(file);
    await assert.rejects(other.next(), /is damaged, or no backup: incorrect header check/);
    assert.throws(() => other.json("{"), /a line that should be JSON is not/);
  }));

test("what cannot be written ends in a message about the place", async () =>
  inFolder(async (path) => {
    const writer = new BackupWriter(path("no/such/folder/a.backup"));
    await assert.rejects(
      (async () => {
        for (;;) await writer.bytes(Buffer.alloc(1 << 20));
      })(),
      /cannot be written to .*ENOENT/,
    );
    await writer.abandon();
  }));

test("a header, a table and an end have the form that is written, and no other", () => {
  const isTable = (table: unknown) => tableSchema.safeParse(table).success;
  assert.ok(isTable({ table: "forecast_ledger", columns: ["id", "as_of"] }));
  assert.ok(
    isTable({ table: 'Somebody\'s "table"', columns: [] }),
    "a table of others is passed over, whatever its name",
  );
  assert.ok(!isTable({ table: 1, columns: ["id"] }));
  assert.ok(!footerSchema.safeParse({ rows: { news: -1 }, sha256: "0".repeat(64) }).success);
  assert.ok(!footerSchema.safeParse({ rows: {}, sha256: "short" }).success);
  const header = { format: "newstape-backup", version: 1, createdAt: "now", server: "18", migrations: [] };
  assert.ok(headerSchema.safeParse(header).success);
  assert.ok(!headerSchema.safeParse({ ...header, format: "another" }).success);
});
