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
}

/**
 * Fills a database from a backup, all in one transaction: either everything is there afterwards, or nothing. An empty
 * database is migrated first. The newest record of every key of the registry waits in its outbox then, for `models.registry`.
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
  for (;;) {
    const before = lines.digest();
    const line = await lines.next();
    if (line === undefined) throw lines.damaged("it ends too early");
    const parsed = lines.json(line);
    const footer = footerSchema.safeParse(parsed);
    if (footer.success) {
      if (footer.data.sha256 !== before) throw lines.damaged("its content is not what was written");
      if (JSON.stringify(footer.data.rows) !== JSON.stringify(rows)) throw lines.damaged("rows are missing");
      return { createdAt: header.createdAt, rows };
    }
    const found = tableSchema.safeParse(parsed);
    if (!found.success) throw lines.damaged("a line is neither a table nor the end");
    const { table, columns } = found.data;
    if (table === ownBookkeeping) {
      // A build that did not know it has backed it up as if it were a user's; this database has its own.
      rows[table] = await passOver(lines);
      continue;
    }
    const known = tables.get(table);
    const missing = columns.filter((column) => !known?.columns.includes(column));
    if (!known || missing.length > 0) {
      await lines.readOn();
      throw new UserError(
        `The backup has ${known ? `the columns ${missing.join(", ")} of ` : ""}the table ${table}, which this build does not know`,
        "Restore with the build that wrote it, or a later one.",
      );
    }
    const count = await copyRows(client, lines, table, columns);
    rows[table] = count;
    await adjustIdentities(client, table);
    onTable(table, count);
  }
}

/** Which definitions of views and functions the database has: never part of a backup of this build. */
const ownBookkeeping = "newstape_definitions";

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
  columns: readonly string[],
): Promise<number> {
  const copy = client.query(copyFrom(`COPY ${quoted(table)} (${quotedList(columns)}) FROM STDIN`));
  const done = finished(copy);
  done.catch(() => undefined);
  let count = 0;
  try {
    for (;;) {
      const line = await lines.next();
      if (line === undefined) throw lines.damaged("it ends within a table");
      if (line.length === endOfRows.length && line.toString("latin1") === endOfRows) break;
      count += 1;
      const hasRoom = copy.write(Buffer.concat([line, newLine]));
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
