import type { NewsArticle } from "../../../schemas/generated/types.js";
import { Refusal } from "../outcome.js";
import { articleOf, type ArticleOptions } from "./articles.js";
import type { Feed, FeedItem } from "./feed.js";
import { identify, type IdentifiedItem } from "./identity.js";
import { feedLimits } from "./limits.js";
import type { ItemRefusal } from "./refusals.js";
import { isUnread, knownOf, remember, type FeedState } from "./state.js";

/** What became of the items of a document: items = published + repeated + refused + tooOld. */
export interface FeedCounts {
  readonly items: number;
  readonly published: number;
  /** Of the published ones, those in which no known symbol was found. */
  readonly withoutSymbols: number;
  /** Of the published ones, those that count from their arrival, as their date is missing, unread or in the future. */
  readonly undated: number;
  /** Of the published ones, those of a first poll that are older than a day: their origin is `backfill`. */
  readonly history: number;
  /** Published before. */
  readonly repeated: number;
  readonly refused: number;
  /** Of a first poll, left out as too old. */
  readonly tooOld: number;
  /** Symbols that the feed gives with published items and that are not on the list. */
  readonly unknownSymbols: number;
}

export interface JudgedItems {
  /** In the order of time. */
  readonly articles: NewsArticle[];
  readonly counts: FeedCounts;
  readonly refusals: readonly ItemRefusal[];
  /** What is kept when the articles are published. */
  readonly state: Pick<FeedState, "seen" | "keys" | "unclaimed" | "held">;
}

/** Gives each item of a document its outcome. @param now their arrival, ms since 1970 */
export function judgeItems(feed: Feed, state: FeedState, options: ArticleOptions, now: number): JudgedItems {
  const known = knownOf(state);
  const isFirst = isUnread(state);
  const identified = identify(feed.items, options.source, known);
  const counts = { withoutSymbols: 0, undated: 0, history: 0, repeated: 0, tooOld: 0, unknownSymbols: 0 };
  const articles: NewsArticle[] = [];
  const refusals: ItemRefusal[] = [];
  const present: string[] = [];
  const held = new Set(state.held);
  const heldNow: string[] = [];
  for (const [index, one] of identified.entries()) {
    if (one.isRepeat) {
      counts.repeated += 1;
      present.push(...one.keys);
      continue;
    }
    const wasHeld = held.delete(one.mainKey);
    const outcome = outcomeOf(one, options, now, isFirst || wasHeld);
    if (outcome !== undefined && !(outcome instanceof Refusal)) {
      present.push(...one.keys);
      articles.push(outcome.article);
      counts.undated += outcome.isUndated ? 1 : 0;
      counts.history += outcome.article.origin === "backfill" ? 1 : 0;
      counts.withoutSymbols += outcome.article.symbols.length === 0 ? 1 : 0;
      counts.unknownSymbols += outcome.unknownSymbols;
      continue;
    }
    // One without a title may get it later. Others are held back, for the case that they are wanted one day.
    if (one.item.title !== "") heldNow.push(one.mainKey);
    if (wasHeld) counts.repeated += 1;
    else if (outcome === undefined) counts.tooOld += 1;
    else refusals.push(refusalOf(outcome, index + 1, one.item));
  }
  // Feeds have the newest first; the topic gets them in the order of time.
  articles.sort((a, b) => a.eventTime - b.eventTime || (a.id < b.id ? -1 : 1));
  if (feed.omitted > 0) refusals.push(omission(feed));
  const claimed = new Set(identified.map((one) => one.claimed));
  return {
    articles,
    counts: {
      items: feed.items.length + feed.omitted,
      published: articles.length,
      ...counts,
      refused: refusals.reduce((sum, refusal) => sum + refusal.items, 0),
    },
    refusals,
    state: {
      seen: remember(
        state.seen,
        articles.map(({ id }) => id),
      ),
      keys: remember(state.keys ?? [], present, feedLimits.keysPerFeed),
      unclaimed: [...known.unclaimed].filter((id) => !claimed.has(id)),
      held: remember([...held], heldNow),
    },
  };
}

function outcomeOf(
  one: IdentifiedItem,
  options: ArticleOptions,
  now: number,
  isFirst: boolean,
): ReturnType<typeof articleOf> | Refusal {
  try {
    return articleOf(one, options, now, isFirst);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function refusalOf({ code, reason }: Refusal, item: number, { title, link, id }: FeedItem): ItemRefusal {
  return { code, reason, item, items: 1, original: (title || (link ?? id ?? "")).slice(0, 200) };
}

function omission({ items, omitted }: Feed): ItemRefusal {
  const reason = `${omitted} items after the first ${items.length} of the feed are not read`;
  return { code: "TOO_LARGE", reason, item: items.length + 1, items: omitted, original: "" };
}
