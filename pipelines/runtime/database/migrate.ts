/** Numbered migrations, each applied once, in order, in a transaction of its own. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { packageRoot } from "../../../schemas/files.js";
import { messageOf, UserError } from "../errors.js";

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

export const migrationDirectory = join(packageRoot, "deploy", "migrations");

/** A file `NNN_name.timescaledb.sql` is applied on TimescaleDB alone, `NNN_name.postgresql.sql` without it alone. */
export function readMigrations(hasTimescale: boolean, directory: string = migrationDirectory): Migration[] {
  const other = hasTimescale ? ".postgresql.sql" : ".timescaledb.sql";
  return readdirSync(directory)
    .filter((file) => /^\d{3}_[a-z0-9_]+(\.timescaledb|\.postgresql)?\.sql$/.test(file) && !file.endsWith(other))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(directory, name), "utf8");
      return { name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
    });
}

/** Any number will do, as long as every process takes the same. */
const advisoryLock = 7_301_957;

/**
 * Applies what is not applied yet; several processes may call it at once.
 *
 * @returns names of the migrations applied now
 * @throws UserError when the database does not answer, when an applied migration was changed, or when one fails
 */
export async function migrate(databaseUrl: string, directory: string = migrationDirectory): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "newstape-migrate" });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new UserError(`The database does not answer: ${messageOf(error)}`, "Check DATABASE_URL, or run `newstape up`.", { cause: error });
  }
  try {
    await client.query("SELECT pg_advisory_lock($1)", [advisoryLock]);
    await client.query(
      "CREATE TABLE IF NOT EXISTS newstape_migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const { rows } = await client.query<{ name: string; sha256: string }>("SELECT name, sha256 FROM newstape_migrations");
    const applied = new Map(rows.map(({ name, sha256 }) => [name, sha256]));
    const done: string[] = [];
    for (const { name, sql, sha256 } of readMigrations(await createTimescale(client), directory)) {
      const known = applied.get(name);
      if (known === sha256) continue;
      if (known !== undefined) {
        throw new UserError(`The migration ${name} was changed after it had been applied`, "Restore the file, and put the change into a new migration.");
      }
      await applyOne(client, { name, sql, sha256 });
      done.push(name);
    }
    return done;
  } finally {
    // Ending the session gives the lock back too.
    await client.end();
  }
}

/** Creates the extension where the server has it; it must be there before the first statement that uses it. */
async function createTimescale(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query("SELECT FROM pg_available_extensions WHERE name = 'timescaledb'");
  if (rowCount === 0) return false;
  await client.query("CREATE EXTENSION IF NOT EXISTS timescaledb");
  return true;
}

async function applyOne(client: pg.Client, { name, sql, sha256 }: Migration): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(sql);
    await client.query("INSERT INTO newstape_migrations (name, sha256) VALUES ($1, $2)", [name, sha256]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw new UserError(`The migration ${name} failed: ${messageOf(error)}`, "Nothing of it was applied; mend the cause and run `newstape migrate` again.", { cause: error });
  }
}
