import type { Database } from "../runtime/database/database.js";

export interface ArticleSymbols {
  /** Pairs of an article and a symbol that it names: each has a sentiment of its own. */
  readonly pairs: number;
  readonly sentiments: number;
}

/** @param waiting ids of articles that no sentiment need exist of yet: they are left out of both counts */
export async function articleSymbols(
  database: Pick<Database, "query">,
  waiting: readonly string[],
): Promise<ArticleSymbols> {
  const [counted] = await database.query<{ pairs: string; sentiments: string }>(
    `SELECT (SELECT coalesce(sum(cardinality(symbols)), 0) FROM news WHERE id <> ALL ($1)) AS pairs,
            (SELECT count(*) FROM sentiment WHERE article_id <> ALL ($1)) AS sentiments`,
    [waiting],
  );
  return { pairs: Number(counted?.pairs ?? 0), sentiments: Number(counted?.sentiments ?? 0) };
}
