/** Real news: the bundled slice. */
import { readSorted } from "../../../pipelines/ingest/index.js";
import { bundledSlice } from "../../../schemas/files.js";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";

/** Articles whose headlines all differ, since a stage reads an equal text of a batch only once; the same at every call. */
export async function distinctArticles(count: number): Promise<NewsArticle[]> {
  const { records } = await readSorted({ kind: "news", input: bundledSlice.news, now: Date.now });
  const byHeadline = new Map(records.map((article) => [article.headline, article]));
  if (byHeadline.size < count) throw new Error(`the slice has only ${byHeadline.size} different headlines`);
  return [...byHeadline.values()].slice(0, count);
}

/** The last bars of every symbol, in their order. */
export async function lastBars(count: number): Promise<Bar[]> {
  const { records } = await readSorted({ kind: "bars", input: bundledSlice.bars, now: Date.now });
  const left = new Map<string, number>();
  const kept = records.reverse().filter(({ symbol }) => {
    const taken = left.get(symbol) ?? 0;
    left.set(symbol, taken + 1);
    return taken < count;
  });
  return kept.reverse();
}
