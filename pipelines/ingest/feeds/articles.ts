import type { NewsArticle } from "../../../schemas/generated/types.js";
import { limits } from "../limits.js";
import { parseNews } from "../news.js";
import { Refusal } from "../outcome.js";
import type { SymbolList } from "../symbols.js";
import type { SymbolTagger } from "../tagging/tagger.js";
import type { FeedItem } from "./feed.js";
import type { IdentifiedItem } from "./identity.js";
import { givenSymbols } from "./tickers.js";

export interface ArticleOptions {
  readonly source: string;
  readonly tagger: SymbolTagger;
  readonly symbols: SymbolList;
  /** Which items of a feed's first poll are taken that are older than a day: all, none, or up to an age in ms. Default: all. */
  readonly history?: "all" | "none" | number | undefined;
  /**
   * Which items are taken whose date is missing, unread or in the future: new ones (not those of a first poll, whose age
   * nobody knows), all, or none. Default: new.
   */
  readonly undated?: "new" | "all" | "none" | undefined;
}

/** An item that counts as published long ago when a feed is read for the first time. */
const historyAge = 24 * 3_600_000;
/** A date may lie ahead by so much for want of its zone. */
const zoneSlack = 14 * 3_600_000;

export interface AcceptedItem {
  readonly article: NewsArticle;
  readonly isUndated: boolean;
  /** Symbols that the feed gives and nobody knows. */
  readonly unknownSymbols: number;
}

/**
 * An item as an article, by the rules of `ingest news`. It is available from its arrival on, whatever its date. What a first
 * poll finds of more than a day ago did not arrive as it happened: its origin is `backfill`. An item without a date that can be
 * read counts as published when it arrived.
 *
 * @param now its arrival, ms since 1970
 * @param isFirst whether the feed is read for the first time
 * @returns undefined for old items that are not wanted
 * @throws Refusal
 */
export function articleOf(
  identified: IdentifiedItem,
  options: ArticleOptions,
  now: number,
  isFirst: boolean,
): AcceptedItem | undefined {
  const { item, id, sourceId, url = null } = identified;
  const { history = "all", undated = "new" } = options;
  const published = usableDate(item.published, now);
  const age = published === undefined ? undefined : now - published;
  if (item.title !== "" && age === undefined && (undated === "none" || (undated === "new" && isFirst))) {
    throw undatedRefusal(item, isFirst);
  }
  const isHistory = isFirst && (age === undefined || age > historyAge);
  if (isHistory && age !== undefined && age > (history === "none" ? 0 : history === "all" ? Infinity : history)) {
    return undefined;
  }
  const given = givenSymbols(item, options.symbols);
  const fields = {
    id: sourceId,
    url: url ?? undefined,
    source: options.source,
    published_at: new Date(published ?? now).toISOString(),
    // Posts without a title exist; a title that fills a page is cut, not refused: its beginning is enough.
    headline: item.title.slice(0, limits.headlineCharacters),
    symbols: given.symbols.slice(0, limits.symbolsPerArticle),
  };
  const tagging = { tagger: options.tagger, when: "always" } as const;
  const { record } = parseNews(fields, { ...options, origin: "live", tagging }, now);
  const article: NewsArticle = { ...record, id, url, origin: isHistory ? "backfill" : "live" };
  return { article, isUndated: published === undefined, unknownSymbols: given.unknown.length };
}

/** The date of an item; the arrival where it lies ahead by no more than zones differ. */
function usableDate(published: number | undefined, now: number): number | undefined {
  if (published === undefined || published <= 0 || published > now + zoneSlack) return undefined;
  return Math.min(published, now);
}

function undatedRefusal({ published, unreadDate }: FeedItem, isFirst: boolean): Refusal {
  const why = isFirst ? "at the first poll of a feed such an item may be of any age" : "such items are not wanted";
  if (published !== undefined && published > 0) {
    return new Refusal("TIME_IN_FUTURE", `its date ${new Date(published).toISOString()} lies in the future; ${why}`);
  }
  if (unreadDate === undefined) return new Refusal("MISSING_FIELD", `it has no date; ${why}`);
  return new Refusal("INVALID_TIME", `its date ${JSON.stringify(unreadDate)} cannot be read; ${why}`);
}
