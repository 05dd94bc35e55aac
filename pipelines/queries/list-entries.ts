import type { Database } from "../runtime/database/database.js";

/** Tables and columns of our own declarations. */
export interface ListTables {
  /** Whose rows, each with an `id`, have a list. */
  readonly lists: { readonly table: string; readonly column: string };
  /** Whose rows are one for each entry, with the id of the list's row in a column. */
  readonly entries: { readonly table: string; readonly idColumn: string };
}

export interface ListEntries {
  /** Entries that the lists have. */
  readonly listed: number;
  /** Rows that there are for them. */
  readonly written: number;
}

/** @param waiting ids of lists of which nothing need be written yet: they are left out of both counts */
export async function listEntries(
  database: Pick<Database, "query">,
  { lists, entries }: ListTables,
  waiting: readonly string[],
): Promise<ListEntries> {
  const [counted] = await database.query<{ listed: string; written: string }>(
    `SELECT (SELECT coalesce(sum(cardinality(${lists.column})), 0) FROM ${lists.table} WHERE id <> ALL ($1)) AS listed,
            (SELECT count(*) FROM ${entries.table} WHERE ${entries.idColumn} <> ALL ($1)) AS written`,
    [waiting],
  );
  return { listed: Number(counted?.listed ?? 0), written: Number(counted?.written ?? 0) };
}
