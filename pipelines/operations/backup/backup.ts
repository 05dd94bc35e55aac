import { rename, rm } from "node:fs/promises";
import { to as copyTo } from "pg-copy-streams";
import { connectDatabase } from "../../runtime/database/connect.js";
import { UserError } from "../../runtime/errors.js";
import { BackupWriter } from "./backup-writer.js";
import {
  endOfRows,
  formatName,
  formatVersion,
  type BackupFooter,
  type BackupHeader,
  type TableHeader,
} from "./format.js";
import { appliedMigrations, backupTables, foreignTables, quoted, quotedList } from "./tables.js";

export interface BackupSummary {
  readonly file: string;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly sha256: string;
  /** Tables of others in the same schema, which are not in the file. */
  readonly leftOut: readonly string[];
}

/**
 * Writes every table of Newstape into one file, all as of one moment, while the pipeline goes on. The file appears under its name when
 * it is whole; one of that name is replaced. Only its owner can read it.
 *
 * @throws UserError when the database was never migrated or does not answer, or the file cannot be written
 */
export async function backup(
  databaseUrl: string,
  file: string,
  onTable: (table: string, rows: number) => void = () => undefined,
): Promise<BackupSummary> {
  const client = await connectDatabase(databaseUrl, "backup");
  const partial = `${file}.partial`;
  try {
    // One snapshot for all tables.
    await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const migrations = await appliedMigrations(client);
    if (migrations.length === 0) {
      throw new UserError(
        "The database has no tables of Newstape",
        "Check DATABASE_URL; `newstape migrate` makes the tables.",
      );
    }
    const { rows: server } = await client.query<{ version: string }>(
      "SELECT current_setting('server_version') AS version",
    );
    const writer = new BackupWriter(partial);
    try {
      const header: BackupHeader = {
        format: formatName,
        version: formatVersion,
        createdAt: new Date().toISOString(),
        server: server[0]?.version ?? "unknown",
        migrations,
      };
      await writer.line(JSON.stringify(header));
      const leftOut = await foreignTables(client);
      const rows: Record<string, number> = {};
      for (const { name, columns, key } of await backupTables(client)) {
        const table: TableHeader = { table: name, columns: [...columns] };
        await writer.line(JSON.stringify(table));
        const order = key.length > 0 ? ` ORDER BY ${quotedList(key)}` : "";
        // Of a hypertable, COPY without a query would give nothing.
        const copy = client.query(
          copyTo(`COPY (SELECT ${quotedList(columns)} FROM ${quoted(name)}${order}) TO STDOUT`),
        );
        for await (const chunk of copy) await writer.bytes(chunk as Buffer);
        await writer.line(endOfRows);
        rows[name] = copy.rowCount;
        onTable(name, copy.rowCount);
      }
      const sha256 = writer.digest();
      const footer: BackupFooter = { rows, sha256 };
      await writer.line(JSON.stringify(footer));
      await writer.end();
      await rename(partial, file);
      return { file, rows, sha256, leftOut };
    } catch (error) {
      await writer.abandon();
      await rm(partial, { force: true });
      throw error;
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}
