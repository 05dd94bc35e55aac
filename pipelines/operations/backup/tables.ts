import type { Queryable } from "../../../schemas/queryable.js";
import { ownTables } from "../../runtime/database/migrations.js";

export interface BackupTable {
  readonly name: string;
  /** In the table's order; generated ones are left out, since the database makes them. */
  readonly columns: readonly string[];
  /** Columns of the primary key, the order of the rows in the file. */
  readonly key: readonly string[];
}

/**
 * The tables that the migrations have made. The lists of what was migrated are not among them: the database that is restored into
 * has its own.
 */
export async function backupTables(client: Queryable): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable>(
    `SELECT c.relname AS name,
            (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
            (SELECT array_agg(a.attname::text ORDER BY k.place)
             FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
             WHERE i.indrelid = c.oid AND i.indisprimary) AS key
     FROM pg_class c
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname = ANY($1)
     ORDER BY c.relname`,
    [[...ownTables()]],
  );
  return rows.map(({ name, columns, key }) => ({ name, columns, key: (key as readonly string[] | null) ?? [] }));
}

/** Tables of others in the same schema: no backup of ours has them. */
export async function foreignTables(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'f') AND NOT relispartition
       AND relname <> ALL($1)
       -- What an extension has made goes with it.
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
     ORDER BY relname`,
    [[...ownTables(), "newstape_migrations", "newstape_definitions"]],
  );
  return rows.map(({ name }) => name);
}

export interface AppliedMigration {
  readonly name: string;
  readonly sha256: string;
}

/** In their order; none in a database that was never migrated. */
export async function appliedMigrations(client: Queryable): Promise<AppliedMigration[]> {
  const { rows: known } = await client.query<{ is_there: boolean }>(
    "SELECT to_regclass('newstape_migrations') IS NOT NULL AS is_there",
  );
  if (!known[0]?.is_there) return [];
  return (await client.query<AppliedMigration>("SELECT name, sha256 FROM newstape_migrations ORDER BY name")).rows;
}

export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
export const quotedList = (identifiers: readonly string[]): string => identifiers.map(quoted).join(", ");
