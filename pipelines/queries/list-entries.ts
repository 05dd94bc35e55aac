import type { Database } from "../runtime/database/database.js";

/** Pairs of an article and a symbol that it names: each has a sentiment of its own. */
export async function articleSymbols(database: Pick<Database, "query">): Promise<number> {
  const [counted] = await database.query<{ pairs: string }>(
    "SELECT coalesce(sum(cardinality(symbols)), 0) AS pairs FROM news",
  );
  return Number(counted?.pairs ?? 0);
}
