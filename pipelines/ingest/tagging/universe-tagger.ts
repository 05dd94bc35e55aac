import { isListing, type Listing, type Universe } from "../universe/index.js";
import { NameIndex } from "./name-index.js";
import { isEverydayWord } from "./everyday-words.js";
import { taggerOf, type SymbolTagger } from "./tagger.js";
import type { Tickers } from "./ticker-mentions.js";

/** Counted up with every change of the rules, since checkpoints compare it. */
const formatVersion = 1;

/**
 * A tagger by the tickers and names of a universe: its symbols in all their spellings, former ones by the time of the text, and
 * the names and aliases. Nobody has looked at such names, so they count more narrowly than those of the bundled list: with
 * a capital letter, and where the name is a word of everyday English only beside words that point to a company.
 *
 * @param universe one with listings
 */
export function createUniverseTagger(universe: Universe): SymbolTagger {
  const listings = universe.listings ?? [];
  const names = new NameIndex(
    listings.map(({ symbol, name = "", aliases, not }) => ({
      symbol,
      name,
      aliases: aliases.filter((alias) => !isTicker(alias)),
      not,
    })),
    { isOrdinary: isEverydayWord, needsCapital: true },
  );
  return taggerOf(`universe tagger ${formatVersion} ${universe.description}`, tickersOf(universe, listings), names);
}

/** An alias that is a ticker and no name: no letter, or capitals with a sign among them (`GOOG.O`, `700`). */
const isTicker = (alias: string): boolean =>
  /^[^\p{L}]+$/u.test(alias) || /^[A-Z0-9]+[.:=/^!_][A-Z0-9.:=/^!_-]*$/.test(alias);

/** Exchanges as texts name them before a ticker, by MIC. */
const exchangesInTexts: Readonly<Record<string, readonly string[]>> = {
  XASX: ["ASX"],
  XETR: ["ETR", "XETRA", "FRA"],
  XHKG: ["HKEX"],
  XLON: ["LSE", "LON"],
  XPAR: ["EPA"],
  XTSE: ["TSX"],
};

/** The ending that a provider gives to symbols of an exchange, and zeros at the beginning: `0700.HK` is 700 of HKEX. */
const localTicker = (symbol: string): string => symbol.replace(/\.[A-Z]{1,3}$/, "").replace(/^0+(?=\d)/, "");

/** Endings by which Reuters names an American exchange: `(BAC.N)`. */
const americanEnding = /^([A-Z]{2,5})\.(?:N|O|OQ|K|P|A|PK)$/;
const isAmerican = ({ exchange }: Listing): boolean => exchange === undefined || /^(?:XNYS|XNAS)$/.test(exchange);

function tickersOf(universe: Universe, listings: readonly Listing[]): Tickers {
  const local = new Map<string, string>();
  for (const { symbol, exchange } of listings)
    for (const name of exchangesInTexts[exchange ?? ""] ?? []) local.set(`${name} ${localTicker(symbol)}`, symbol);
  const abroad = new Set(Object.values(exchangesInTexts).flat());
  return {
    haveEndings: true,
    find(written, at, exchange) {
      if (exchange !== undefined && abroad.has(exchange))
        return local.get(`${exchange} ${localTicker(written.toUpperCase())}`);
      const found = universe.find(written, at);
      // `NYSE: VOD` is not the VOD of London.
      if (isListing(found)) return exchange === undefined || isAmerican(found) ? found.symbol : undefined;
      const bare = americanEnding.exec(written.toUpperCase())?.[1];
      if (bare === undefined) return undefined;
      const listing = universe.find(bare, at);
      return isListing(listing) && isAmerican(listing) ? listing.symbol : undefined;
    },
  };
}
