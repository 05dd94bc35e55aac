import type { Database } from "../runtime/database/database.js";

/**
 * Entries of a column that holds a list, of all rows.
 *
 * @param table of our own declarations, as the column
 */
export async function listEntries(database: Pick<Database, "query">, table: string, column: string): Promise<number> {
  const [counted] = await database.query<{ entries: string }>(
    `SELECT coalesce(sum(cardinality(${column})), 0) AS entries FROM ${table}`,
  );
  return Number(counted?.entries ?? 0);
}
