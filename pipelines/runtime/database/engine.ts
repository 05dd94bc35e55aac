import type pg from "pg";
import { messageOf, UserError } from "../errors.js";

/** TimescaleDB (Community), or PostgreSQL without it. */
export type Engine = "postgresql" | "timescaledb";

/**
 * What kind of database this is; creates the extension where the server has it, before the first statement that uses it.
 *
 * @param isNew whether nothing was migrated yet: the kind of a database is settled with its first migration
 * @param notice called with why an extension that is there is not used
 * @throws UserError below PostgreSQL 15
 */
export async function chooseEngine(client: pg.Client, isNew: boolean, notice: (text: string) => void): Promise<Engine> {
  const [server] = (
    await client.query<{ version: string; number: number }>(
      "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::integer AS number",
    )
  ).rows;
  if (!server || server.number < 150_000) {
    throw new UserError(`The database is PostgreSQL ${server?.version}`, "Newstape needs PostgreSQL 15 or later.");
  }
  const find = "SELECT FROM pg_extension WHERE extname = 'timescaledb'";
  let { rowCount } = await client.query(find);
  if (rowCount === 0 && isNew && (await isLoadable(client, notice))) {
    // Without privilege, go on without the extension: the views answer the same queries.
    await client
      .query("CREATE EXTENSION timescaledb")
      .catch((error: unknown) => notice(`TimescaleDB is there, but cannot be created: ${messageOf(error)}`));
    ({ rowCount } = await client.query(find));
  }
  if (rowCount === 0) return "postgresql";
  const [license] = (await client.query<{ name: string }>("SELECT current_setting('timescaledb.license') AS name"))
    .rows;
  if (license?.name === "timescale") return "timescaledb";
  notice("TimescaleDB is there under its Apache licence, without continuous aggregates and columnstore: not used");
  return "postgresql";
}

/** CREATE EXTENSION ends the session, rather than fail, when the library is not in shared_preload_libraries. */
async function isLoadable(client: pg.Client, notice: (text: string) => void): Promise<boolean> {
  const { rows } = await client.query<{ is_loaded: boolean }>(
    `SELECT current_setting('timescaledb.disable_load', true) IS NOT NULL AS is_loaded
     FROM pg_available_extensions WHERE name = 'timescaledb'`,
  );
  const [extension] = rows;
  if (extension && !extension.is_loaded)
    notice("TimescaleDB is installed, but not in shared_preload_libraries: not used");
  return extension?.is_loaded ?? false;
}
