/** Numbered migrations, each applied once, in order, in a transaction of its own; then the definitions that follow from them. */
import type pg from "pg";
import { messageOf, UserError } from "../errors.js";
import { applyDefinitions } from "./apply-definitions.js";
import { connectDatabase } from "./connect.js";
import { readDefinitions } from "./definitions.js";
import { chooseEngine } from "./engine.js";
import { migrationDirectory, readMigrations, type Migration } from "./migrations.js";

/** Any number will do, as long as every process takes the same. */
const advisoryLock = 7_301_957;

export interface MigrateOptions {
  readonly directory?: string;
  /** Called with the notices of the database meanwhile, e.g. that a role could not be created. */
  readonly onNotice?: (text: string) => void;
}

/**
 * Applies what is not applied yet; several processes may call it at once.
 *
 * @returns names of the migrations applied now, then the files of the views and functions made anew
 * @throws UserError when the database does not answer, when an applied migration was changed or is gone, or when one fails
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const onNotice = options.onNotice ?? (() => undefined);
  const client = await connectDatabase(databaseUrl, "migrate");
  try {
    await client.query("SELECT pg_advisory_lock($1)", [advisoryLock]);
    await client.query(
      "CREATE TABLE IF NOT EXISTS newstape_migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    await client.query(
      "CREATE TABLE IF NOT EXISTS newstape_definitions (file text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const { rows } = await client.query<{ name: string; sha256: string }>(
      "SELECT name, sha256 FROM newstape_migrations ORDER BY name",
    );
    client.on("notice", ({ message }) => onNotice(message ?? ""));
    const engine = await chooseEngine(client, rows.length === 0, onNotice);
    const directory = options.directory ?? migrationDirectory;
    const migrations = readMigrations(engine, directory);
    const definitions = readDefinitions(directory);
    const pending = pendingAfter(migrations, rows);
    for (const migration of pending) await applyOne(client, migration);
    return [...pending.map(({ name }) => name), ...(await applyDefinitions(client, definitions))];
  } finally {
    // Ending the session gives the lock back too.
    await client.end();
  }
}

/** @throws UserError when the applied migrations are not the first ones of this build, with the same content */
function pendingAfter(
  migrations: readonly Migration[],
  applied: readonly { name: string; sha256: string }[],
): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, sha256 } of applied) {
    const migration = known.get(name);
    if (!migration) {
      throw new UserError(
        `The database has the migration ${name}, which this build does not know`,
        "Use the build that applied it, or a later one.",
      );
    }
    if (migration.sha256 !== sha256) {
      throw new UserError(
        `The migration ${name} was changed after it had been applied`,
        "Restore the file, and put the change into a new migration.",
      );
    }
    known.delete(name);
  }
  return [...known.values()];
}

async function applyOne(client: pg.Client, { name, sql, sha256, isTransactional }: Migration): Promise<void> {
  try {
    if (isTransactional) await client.query("BEGIN");
    await client.query(sql);
    await client.query("INSERT INTO newstape_migrations (name, sha256) VALUES ($1, $2)", [name, sha256]);
    if (isTransactional) await client.query("COMMIT");
  } catch (error) {
    if (isTransactional) await client.query("ROLLBACK").catch(() => undefined);
    throw new UserError(
      `The migration ${name} failed: ${messageOf(error)}`,
      isTransactional
        ? "Nothing of it was applied; mend the cause and run `newstape migrate` again."
        : "It runs outside a transaction: look at what it left, mend the cause and run `newstape migrate` again.",
      { cause: error },
    );
  }
}
