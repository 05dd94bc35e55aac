import type { Queryable } from "../../../schemas/queryable.js";

export interface BackupTable {
  readonly name: string;
  /** In the table's order; generated ones are left out, since the database makes them. */
  readonly columns: readonly string[];
  /** Columns of the primary key, the order of the rows in the file. */
  readonly key: readonly string[];
}

/** Every table of the schema but the lists of what was migrated, which the database that is restored into has of its own. */
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
       AND c.relname NOT IN ('newstape_migrations', 'newstape_definitions')
     ORDER BY c.relname`,
  );
  return rows.map(({ name, columns, key }) => ({ name, columns, key: (key as readonly string[] | null) ?? [] }));
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
