import { hash } from "node:crypto";
import type { NewsArticle } from "../../../schemas/generated/types.js";
import type { RejectCode } from "../../../schemas/reject-codes.js";
import { limits } from "../limits.js";
import { parseNews } from "../news.js";
import { Refusal } from "../outcome.js";
import type { SymbolTagger } from "../tagging/tagger.js";
import type { Universe } from "../universe/index.js";
import type { FeedItem } from "./parse.js";

export interface ArticleOptions {
  readonly source: string;
  readonly tagger: SymbolTagger;
  readonly symbols: Universe;
}

export type ItemOutcome =
  | { readonly outcome: "accepted"; readonly article: NewsArticle }
  | { readonly outcome: "refused"; readonly code: RejectCode; readonly reason: string };

/**
 * An item as an article, by the rules of `ingest news`. It is identified by its address, else by the feed's identifier, else
 * by its words and date. One that is dated after its arrival, or not at all, counts as published when it arrived.
 *
 * @param now its arrival, ms since 1970
 */
export function articleOf(item: FeedItem, options: ArticleOptions, now: number): ItemOutcome {
  const { title, published } = item;
  const url = item.link !== undefined && item.link.length <= limits.urlCharacters ? item.link : undefined;
  const isDated = published !== undefined && published > 0 && published <= now;
  const fields = {
    id: identifier(item.id ?? url ?? hash("sha256", `${title}\u0000${published ?? ""}`, "hex")),
    url,
    source: options.source,
    published_at: new Date(isDated ? published : now).toISOString(),
    // Posts without a title exist; a title that fills a page is cut, not refused: its beginning is enough.
    headline: title.slice(0, limits.headlineCharacters),
  };
  try {
    const tagging = { tagger: options.tagger, when: "missing" } as const;
    const { record } = parseNews(fields, { ...options, origin: "live", tagging }, now);
    return { outcome: "accepted", article: record };
  } catch (error) {
    if (error instanceof Refusal) return { outcome: "refused", code: error.code, reason: error.reason };
    throw error;
  }
}

/** Identifiers that are too long, or hold what no identifier should, are known by their hash. */
function identifier(text: string): string {
  const isPlain = text.length <= limits.identifierCharacters && !/[\u0000-\u001f\u007f]/.test(text);
  return isPlain ? text : hash("sha256", text, "hex");
}
