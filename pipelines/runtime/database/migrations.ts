import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../schemas/files.js";
import { UserError } from "../errors.js";
import type { Engine } from "./engine.js";

export interface Migration {
  /** The file's name. */
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
  /**
   * False for a file whose first line is `-- migrate: no-transaction`. It holds one statement that refuses to run in a
   * transaction, and must bear being run again: a crash may come between the statement and the note that it was run.
   */
  readonly isTransactional: boolean;
}

export const migrationDirectory = join(packageRoot, "deploy", "migrations");

/**
 * The migrations for an engine, in their order. A file `NNN_name.timescaledb.sql` is for TimescaleDB alone,
 * `NNN_name.postgresql.sql` for everything else alone, `NNN_name.sql` for both.
 *
 * @throws UserError when two files share a number on one engine, or a `.sql` file has another name
 */
export function readMigrations(engine: Engine, directory: string = migrationDirectory): Migration[] {
  const numbers = new Map<string, string>();
  return readdirSync(directory)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .flatMap((name) => {
      const [, number, variant] = /^(\d{3})_[a-z0-9_]+(?:\.(timescaledb|postgresql))?\.sql$/.exec(name) ?? [];
      if (number === undefined) throw new UserError(`The migration ${name} is not named NNN_name[.engine].sql`);
      if (variant !== undefined && variant !== engine) return [];
      const other = numbers.get(number);
      if (other !== undefined) throw new UserError(`The migrations ${other} and ${name} have the same number`);
      numbers.set(number, name);
      const sql = readFileSync(join(directory, name), "utf8");
      const sha256 = createHash("sha256").update(sql).digest("hex");
      return [{ name, sql, sha256, isTransactional: !sql.startsWith("-- migrate: no-transaction\n") }];
    });
}

/** The tables that the migrations make, of both engines; what else is in the schema is somebody else's. */
export function ownTables(directory: string = migrationDirectory): ReadonlySet<string> {
  const migrations = (["postgresql", "timescaledb"] as const).flatMap((engine) => readMigrations(engine, directory));
  const made = migrations.flatMap(({ sql }) => [...sql.matchAll(/^CREATE TABLE (?:IF NOT EXISTS )?"?([a-z0-9_]+)/gim)]);
  return new Set(made.map(([, name = ""]) => name));
}
