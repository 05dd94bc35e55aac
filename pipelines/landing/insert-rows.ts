/** Rows into a table, whatever they hold: one that the database refuses is singled out, the others land. */
import type { Queryable } from "../../schemas/queryable.js";
import type { Row } from "./batch-source.js";

export interface Refusal<Content> {
  readonly row: Row<Content>;
  readonly reason: string;
}

/**
 * Runs a statement over rows under a savepoint; when the data is at fault, over each half, down to the row.
 *
 * @param insert runs the statement, and gives what it returned
 * @throws what is not the fault of a row: a broken connection, a missing table
 */
export async function insertRows<Content, Result>(
  client: Queryable,
  rows: readonly Row<Content>[],
  insert: (rows: readonly Row<Content>[]) => Promise<Result[]>,
): Promise<{ results: Result[]; refused: Refusal<Content>[] }> {
  if (rows.length === 0) return { results: [], refused: [] };
  await client.query("SAVEPOINT landing_rows");
  try {
    const results = await insert(rows);
    await client.query("RELEASE SAVEPOINT landing_rows");
    return { results, refused: [] };
  } catch (error) {
    if (!isFaultOfData(error)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT landing_rows");
    await client.query("RELEASE SAVEPOINT landing_rows");
    const [only, ...others] = rows;
    if (only && others.length === 0) return { results: [], refused: [{ row: only, reason: reasonOf(error) }] };
    const middle = Math.ceil(rows.length / 2);
    const first = await insertRows(client, rows.slice(0, middle), insert);
    const second = await insertRows(client, rows.slice(middle), insert);
    return { results: [...first.results, ...second.results], refused: [...first.refused, ...second.refused] };
  }
}

/** SQLSTATE classes 22 (data exception), 23 (integrity constraint) and 54 (limit exceeded, e.g. an index row's size). */
function isFaultOfData(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^(22|23|54)...$/.test(code);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code: string; message: string };
  return `${code}: ${message}`;
}
