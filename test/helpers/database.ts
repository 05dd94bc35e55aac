/**
 * A database for a test file, cloned from a template that is migrated once: cloning takes some 50 ms, migrating 300 ms to
 * two seconds. The server is the one of DATABASE_URL, PostgreSQL or TimescaleDB, whose user must be able to create
 * databases.
 */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Database } from "../../pipelines/runtime/database/database.js";
import { migrate } from "../../pipelines/runtime/database/migrate.js";
import { migrationDirectory } from "../../pipelines/runtime/database/migrations.js";

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
}

/** A migrated database, dropped after the tests of the file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { close, ...created } = await cloneDatabase();
  after(close);
  return created;
}

/** A database without any table, dropped after the tests of the file. @param undo registers what drops it elsewhere than in a test */
export async function createEmptyDatabase(undo: (drop: () => Promise<unknown>) => void = after): Promise<string> {
  const name = await createDatabase(undefined);
  undo(() => dropDatabase(name));
  return inDatabase(name);
}

/** A migrated database for a program that is no test; `close` drops it. */
export async function cloneDatabase(): Promise<TestDatabase & { close: () => Promise<void> }> {
  const name = await createDatabase(await migratedTemplate());
  const url = inDatabase(name);
  const database = new Database(url);
  const close = async (): Promise<void> => {
    await database.close();
    await dropDatabase(name);
  };
  return { url, database, close };
}

function serverUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL names no server for the tests; `npm test` starts one");
  return url;
}

const inDatabase = (name: string): string => {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
};

export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const dropDatabase = (name: string): Promise<unknown> =>
  withClient(serverUrl(), (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));

/** Named after the content of the migrations and definitions: a changed one makes another template. */
async function migratedTemplate(): Promise<string> {
  const hash = createHash("sha256");
  const files = readdirSync(migrationDirectory, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".sql")).sort())
    hash.update(file).update(readFileSync(join(migrationDirectory, file)));
  const name = `newstape_template_${hash.digest("hex").slice(0, 12)}`;
  await withClient(serverUrl(), async (client) => {
    // Test files run as processes side by side; the first one makes the template.
    await client.query("SELECT pg_advisory_lock(7301958)");
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1 AND datistemplate", [name]);
    if (rowCount) return;
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name}`);
    await migrate(inDatabase(name));
    // No connections: TimescaleDB's scheduler would hold one, and a database in use cannot be cloned.
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
  });
  return name;
}

/** @returns its name */
async function createDatabase(template: string | undefined): Promise<string> {
  const name = `newstape_test_${randomBytes(6).toString("hex")}`;
  await withClient(serverUrl(), async (client) => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await client.query(`CREATE DATABASE ${name}${template === undefined ? "" : ` TEMPLATE ${template}`}`);
      } catch (error) {
        // Another file is cloning the same template, or a worker has not left it yet.
        if ((error as { code?: string }).code !== "55006" || tries === 100) throw error;
        await sleep(100);
      }
    }
  });
  return name;
}
