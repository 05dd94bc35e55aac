import { once } from "node:events";
import { access } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { requeueLatest } from "../../../models/registry/outbox.js";
import { connectDatabase } from "../../runtime/database/connect.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import { migrate } from "../../runtime/database/migrate.js";
import { BackupLines, newLine } from "./backup-lines.js";
import { endOfRows, footerSchema, formatVersion, headerSchema, tableSchema, type BackupHeader } from "./format.js";
import { appliedMigrations, backupTables, quoted, quotedList, type BackupTable } from "./tables.js";

export interface RestoreSummary {
  readonly createdAt: string;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** What the backup has and this database has no place for: `table x`, `column y of x`. */
  readonly skipped: readonly string[];
}

/**
 * Fills a database from a backup, all in one transaction: either everything is there afterwards, or nothing. An empty
 * database is migrated first. The newest record of every key of the registry waits in its outbox then, for `models.registry`.
 *
 * Tables and columns that this build does not know, which a user has added or an older build has taken along, are skipped.
 *
 * @throws UserError when the file is none, is damaged, or comes from a newer build, or when a table has rows already
 */
export async function restore(
  databaseUrl: string,
  file: string,
  onTable: (table: string, rows: number) => void = () => undefined,
): Promise<RestoreSummary> {
  await access(file).catch((error: unknown) => {
    throw new UserError(
      `The backup ${file} cannot be read: ${messageOf(error)}`,
      "Name a file that `newstape backup` wrote.",
    );
  });
  await migrate(databaseUrl);
  const client = await connectDatabase(databaseUrl, "restore");
  try {
    await client.query("BEGIN");
    const summary = await fill(client, new BackupLines(file), onTable);
    await requeueLatest({ transaction: (work) => work(client) });
    await client.query("COMMIT");
    return summary;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function fill(
  client: pg.Client,
  lines: BackupLines,
  onTable: (table: string, rows: number) => void,
): Promise<RestoreSummary> {
  const header = await readHeader(lines, client);
  const tables = new Map((await backupTables(client)).map((table) => [table.name, table]));
  await refuseFilled(client, [...tables.values()]);
  const rows: Record<string, number> = {};
  const skipped: string[] = [];
  for (;;) {
    const before = lines.digest();
    const line = await lines.next();
    if (line === undefined) throw lines.damaged("it ends too early");
    const parsed = lines.json(line);
    const footer = footerSchema.safeParse(parsed);
    if (footer.success) {
      if (footer.data.sha256 !== before) throw lines.damaged("its content is not what was written");
      if (JSON.stringify(footer.data.rows) !== JSON.stringify(rows)) throw lines.damaged("rows are missing");
      return { createdAt: header.createdAt, rows, skipped };
    }
    const found = tableSchema.safeParse(parsed);
    if (!found.success) throw lines.damaged("a line is neither a table nor the end");
    const { table, columns } = found.data;
    const known = tables.get(table);
    const missing = known ? columns.filter((column) => !known.columns.includes(column)) : [];
    skipped.push(...(known ? missing.map((column) => `column ${column} of ${table}`) : [`table ${table}`]));
    if (!known || missing.length === columns.length) {
      rows[table] = await passOver(lines);
      continue;
    }
    const taken = columns.flatMap((column, index) => (missing.includes(column) ? [] : [index]));
    const count = await copyRows(client, lines, known.name, { columns, taken });
    rows[table] = count;
    await adjustIdentities(client, table);
    onTable(table, count);
  }
}

/** @returns how many rows the table has */
async function passOver(lines: BackupLines): Promise<number> {
  for (let count = 0; ; count += 1) {
    const line = await lines.next();
    if (line === undefined) throw lines.damaged("it ends within a table");
    if (line.toString("latin1") === endOfRows) return count;
  }
}

async function readHeader(lines: BackupLines, client: pg.Client): Promise<BackupHeader> {
  const parsed = headerSchema.safeParse(lines.json((await lines.next()) ?? ""));
  if (!parsed.success) throw lines.damaged("it does not begin like a backup");
  const header = parsed.data;
  const applied = new Map((await appliedMigrations(client)).map(({ name, sha256 }) => [name, sha256]));
  // The engine's own migrations differ between PostgreSQL and TimescaleDB; the tables are the same.
  const isOfEngine = (name: string): boolean => /\.(timescaledb|postgresql)\.sql$/.test(name);
  const unknown = header.migrations.find(({ name, sha256 }) => !isOfEngine(name) && applied.get(name) !== sha256);
  if (header.version > formatVersion || unknown) {
    await lines.readOn();
    throw new UserError(
      `The backup is of a build that this one does not know${unknown ? ` (migration ${unknown.name})` : ""}`,
      "Restore with the build that wrote it, or a later one.",
    );
  }
  return header;
}

/** What is there was not in the backup, and the two would be mixed. */
async function refuseFilled(client: pg.Client, tables: readonly BackupTable[]): Promise<void> {
  for (const { name } of tables) {
    const { rowCount } = await client.query(`SELECT FROM ${quoted(name)} LIMIT 1`);
    if (rowCount) {
      throw new UserError(
        `The table ${name} has rows already`,
        "Restore into an empty database: create one, and name it in DATABASE_URL.",
      );
    }
  }
}

async function copyRows(
  client: pg.Client,
  lines: BackupLines,
  table: string,
  { columns, taken }: { readonly columns: readonly string[]; /** Their indices. */ readonly taken: readonly number[] },
): Promise<number> {
  const names = taken.map((index) => columns[index] ?? "");
  const copy = client.query(copyFrom(`COPY ${quoted(table)} (${quotedList(names)}) FROM STDIN`));
  const isWhole = taken.length === columns.length;
  const done = finished(copy);
  done.catch(() => undefined);
  let count = 0;
  try {
    for (;;) {
      const line = await lines.next();
      if (line === undefined) throw lines.damaged("it ends within a table");
      if (line.length === endOfRows.length && line.toString("latin1") === endOfRows) break;
      count += 1;
      const hasRoom = copy.write(Buffer.concat([isWhole ? line : columnsOf(line, columns.length, taken), newLine]));
      if (!hasRoom) await Promise.race([once(copy, "drain"), done]);
    }
    copy.end();
    await done;
  } catch (error) {
    copy.destroy();
    if (error instanceof UserError) throw error;
    throw lines.damaged(`the table ${table} does not take its rows: ${messageOf(error)}`);
  }
  return count;
}

/** Some columns of a row in COPY's text format, in which a tab within a value is written as `\\t`. */
function columnsOf(line: Buffer, count: number, taken: readonly number[]): Buffer {
  const values = line.toString("latin1").split("\t");
  if (values.length !== count) return line;
  return Buffer.from(taken.map((index) => values[index] ?? "").join("\t"), "latin1");
}

/** The next row that the database numbers itself comes after those restored. */
async function adjustIdentities(client: pg.Client, table: string): Promise<void> {
  const { rows } = await client.query<{ column: string }>(
    `SELECT column_name AS column FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'YES'`,
    [table],
  );
  for (const { column } of rows) {
    await client.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), (SELECT coalesce(max(${quoted(column)}), 0) + 1 FROM ${quoted(table)}), false)`,
      [quoted(table), column],
    );
  }
}
