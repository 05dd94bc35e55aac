import { isExchangeName, listingAt, type Universe, type WrittenTicker } from "../universe/index.js";
import type { FeedItem } from "./feed.js";

const symbolText = /^\$?([A-Z0-9^][A-Z0-9.\-=/^&]{0,15})$/;

export interface GivenSymbols {
  /** Known ones, sorted, without repeats. */
  readonly symbols: string[];
  /** Written ones that are not known. */
  readonly unknown: string[];
}

/**
 * The symbols that a feed gives with an item: in elements of their own (`sa:symbol`, `nasdaq:tickers`), in categories that
 * say they are tickers (`domain="…/rss/stock"`), and in those that name an exchange (`Nasdaq:ACME`): see `listingAt`.
 */
export function givenSymbols({ tickers, categories, published }: FeedItem, known: Universe): GivenSymbols {
  const written = new Set(tickers.flatMap(partsOf));
  for (const { term, scheme } of categories) {
    const isTicker = /(?:^|[^a-z])(?:stocks?|tickers?|symbols?)(?:$|[^a-z])/i.test(scheme);
    if (isTicker) for (const part of partsOf(term)) written.add(part);
    else if (/^(?:[^:]+:\s*\$?|\$)[A-Z0-9.\-&]{1,10}$/.test(term) && tickerOf(term)) written.add(term);
  }
  const symbols = new Set<string>();
  const unknown: string[] = [];
  for (const text of written) {
    const ticker = tickerOf(text);
    const found = ticker && listingAt(known, ticker, published);
    if (found === undefined) unknown.push(text);
    else symbols.add(found.symbol);
  }
  return { symbols: [...symbols].sort(), unknown };
}

/** Several may stand in one element: `AAPL,MSFT`, `NYSE: IBM; Nasdaq: AAPL`, `AAPL MSFT`. */
function partsOf(text: string): string[] {
  return text
    .replace(/\s*:\s*/g, ":")
    .split(/[,;|]/)
    .flatMap((part) => (part.includes(":") ? [part.trim()] : part.trim().split(/\s+/)))
    .filter((part) => part !== "");
}

/** @returns undefined for what is written like no ticker, and for an exchange that is not known */
function tickerOf(written: string): WrittenTicker | undefined {
  const [, name, text = ""] = /^(?:([^:]+):)?\s*(.+)$/.exec(written.trim().toUpperCase()) ?? [];
  const exchange = name?.trim();
  const ticker = symbolText.exec(text.trim())?.[1];
  if (ticker === undefined || (exchange !== undefined && !isExchangeName(exchange))) return undefined;
  return { exchange, ticker };
}
