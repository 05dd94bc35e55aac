import { dayMs } from "../../operators/calendar/dates.js";
import { recordId } from "../../operators/record-id.js";
import type { NewsArticle, Origin } from "../../schemas/generated/types.js";
import { canonicalUrl } from "./canonical-url.js";
import { readClock, readMoment } from "./moments.js";
import { isMissing, optionalText, wellFormed, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { Refusal } from "./outcome.js";
import { hasSymbols, manySymbols } from "./symbols.js";
import type { SymbolTagger } from "./tagging/tagger.js";
import { refuseFuture, time, unreadable, zoned, zoneOfLine, type ZoneChoice } from "./times.js";
import { isListing, type SymbolNote, type Universe } from "./universe/index.js";

export interface NewsOptions {
  readonly symbols: Universe;
  /** Takes what each line has for a symbol. */
  readonly onSymbol?: SymbolNote | undefined;
  /** Source of articles that name none. */
  readonly source: string;
  readonly origin: Origin;
  readonly tagging?: Tagging | undefined;
  /** Where times without a zone are to be read. */
  readonly zone?: ZoneChoice | undefined;
  /**
   * What tells articles apart that have both an id and a url: the url (default), or the id, as in files, where several
   * articles may share one url.
   */
  readonly identity?: "url" | "id" | undefined;
  /** Articles without an id and a url are known by their words, time and symbols; default: they are refused. */
  readonly identifyByWords?: boolean | undefined;
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
 * An article from the fields `id`, `published_at` (or `date` and `time`), `symbols` (or `symbol`), `headline`, and optionally
 * `source` and `url`; with a `url` the `id` may be missing, and with a tagger the symbols.
 *
 * @param now the clock, ms since 1970
 * @throws Refusal
 */
export function parseNews(fields: Fields, options: NewsOptions, now: number): ParsedNews {
  const url = articleUrl(fields);
  const given = optionalText(fields, "id", limits.identifierCharacters);
  if (given === undefined && url === null && options.identifyByWords !== true) {
    throw new Refusal("MISSING_FIELD", "id and url are both missing");
  }
  const source = articleSource(fields) ?? options.source;
  const eventTime = publishedAt(fields, options.zone);
  refuseFuture("published_at", eventTime, now);
  const headline = articleHeadline(fields);
  const { symbols, unknown } = articleSymbols(fields, headline, options, eventTime);
  const sourceId = given ?? url ?? recordId(headline, String(eventTime), ...symbols);
  const isKnownByUrl = url !== null && (given === undefined || options.identity !== "id");
  const record: NewsArticle = {
    id: isKnownByUrl ? recordId(url) : recordId(source, sourceId),
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

/** A name, or an object that has one. */
function articleSource(fields: Fields): string | undefined {
  const raw = fields["source"];
  if (raw === undefined) return undefined;
  const name = typeof raw === "object" && raw !== null ? (raw as { name?: unknown }).name : raw;
  return optionalText({ source: name }, "source", limits.sourceCharacters);
}

/** `published_at`, else `date`, with the time of day in `time` where that stands apart. */
export function publishedAt(fields: Fields, chosen: ZoneChoice | undefined): number {
  const zone = zoneOfLine(fields, chosen);
  const [date, clock] = [fields["date"], fields["time"]];
  if (!isMissing(fields["published_at"]) || (isMissing(date) && isMissing(clock)))
    return time(fields, "published_at", zone);
  if (isMissing(clock)) return time(fields, "date", zone);
  const [day, at] = [readMoment(date), readClock(clock)];
  if (day?.kind === "day" && at?.kind === "clock") {
    const raw = `${String(date)} ${String(clock)}`;
    return zoned("date and time", raw, day.day * dayMs + at.clock, zone);
  }
  if (isMissing(date) || day?.kind === "day") return time(fields, "time", zone);
  throw unreadable("date", date, day);
}

function articleSymbols(
  fields: Fields,
  headline: string,
  { symbols: universe, tagging, onSymbol }: NewsOptions,
  at: number,
): { symbols: string[]; unknown: number } {
  const isGiven = hasSymbols(fields);
  if (tagging === undefined || (isGiven && tagging.when === "missing"))
    return manySymbols(fields, universe, at, [], onSymbol);
  const tagged = tagging.tagger.tag(headline, at).flatMap((symbol) => {
    const found = universe.find(symbol);
    return isListing(found) ? [found.symbol] : [];
  });
  if (!isGiven) return { symbols: [...new Set(tagged)].sort(), unknown: 0 };
  return manySymbols(fields, universe, at, tagged, onSymbol);
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
