import { recordId } from "../../operators/record-id.js";
import type { NewsArticle, Origin } from "../../schemas/generated/types.js";
import { canonicalUrl } from "./canonical-url.js";
import { isMissing, optionalText, wellFormed, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { Refusal } from "./outcome.js";
import { hasSymbols, manySymbols } from "./symbols.js";
import type { SymbolTagger } from "./tagging/tagger.js";
import { refuseFuture, time } from "./times.js";
import { isListing, type Universe } from "./universe/index.js";

export interface NewsOptions {
  readonly symbols: Universe;
  /** Source of articles that name none. */
  readonly source: string;
  readonly origin: Origin;
  readonly tagging?: Tagging | undefined;
}

/** Symbols from the headline's words. An article in which none is found is taken all the same, without symbols. */
export interface Tagging {
  readonly tagger: SymbolTagger;
  /** missing: articles that come without symbols; always: added to those that an article brings. */
  readonly when: "missing" | "always";
}

export interface ParsedNews {
  readonly record: NewsArticle;
  readonly unknownSymbols: number;
}

/**
 * An article from the fields `id`, `published_at`, `symbols` (or `symbol`), `headline`, and optionally `source` and `url`;
 * with a `url` the `id` may be missing, and with a tagger the symbols.
 *
 * @param now the clock, ms since 1970
 * @throws Refusal
 */
export function parseNews(fields: Fields, options: NewsOptions, now: number): ParsedNews {
  const url = articleUrl(fields);
  const sourceId = optionalText(fields, "id", limits.identifierCharacters) ?? url;
  if (sourceId === null) throw new Refusal("MISSING_FIELD", "id and url are both missing");
  const source = optionalText(fields, "source", limits.sourceCharacters) ?? options.source;
  const eventTime = time(fields, "published_at");
  refuseFuture("published_at", eventTime, now);
  const headline = articleHeadline(fields);
  const { symbols, unknown } = articleSymbols(fields, headline, options, eventTime);
  const record: NewsArticle = {
    id: url === null ? recordId(source, sourceId) : recordId(url),
    source,
    sourceId,
    url,
    headline,
    symbols,
    eventTime,
    availableAt: options.origin === "live" ? Math.max(now, eventTime) : eventTime,
    origin: options.origin,
  };
  return { record, unknownSymbols: unknown };
}

function articleSymbols(
  fields: Fields,
  headline: string,
  { symbols: universe, tagging }: NewsOptions,
  at: number,
): { symbols: string[]; unknown: number } {
  const isGiven = hasSymbols(fields);
  if (tagging === undefined || (isGiven && tagging.when === "missing")) return manySymbols(fields, universe, at);
  const tagged = tagging.tagger.tag(headline, at).flatMap((symbol) => {
    const found = universe.find(symbol);
    return isListing(found) ? [found.symbol] : [];
  });
  if (!isGiven) return { symbols: [...new Set(tagged)].sort(), unknown: 0 };
  return manySymbols(fields, universe, at, tagged);
}

function articleUrl(fields: Fields): string | null {
  const text = optionalText(fields, "url", limits.urlCharacters);
  if (text === undefined) return null;
  const url = canonicalUrl(text);
  if (url === undefined) throw new Refusal("INVALID_FIELD", "url is no http or https address");
  return url;
}

/** As published, but for what no terminal or database should be handed: control characters become spaces. */
function articleHeadline(fields: Fields): string {
  const raw = fields["headline"];
  if (isMissing(raw)) throw new Refusal("MISSING_FIELD", "headline is missing");
  if (typeof raw !== "string") throw new Refusal("INVALID_FIELD", "headline is not a text");
  if (raw.length > limits.headlineCharacters) {
    throw new Refusal("TOO_LARGE", `headline has ${raw.length} characters; ${limits.headlineCharacters} are allowed`);
  }
  const headline = wellFormed(raw.replace(/[\u0000-\u001f\u007f]/g, " "));
  if (headline.trim() === "") throw new Refusal("MISSING_FIELD", "headline is empty");
  return headline;
}
