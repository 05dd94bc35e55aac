import { endingsOf, exchangeAbroad, isAmericanMic, isAmericanName, type NamedExchange } from "./exchange-names.js";
import { isListing, type Listing, type Moment, type Universe } from "./universe.js";

/** A ticker as a source writes it, in capitals. */
export interface WrittenTicker {
  /** The exchange that is named before it: `LSE`. */
  readonly exchange?: string | undefined;
  readonly ticker: string;
}

/**
 * The listing that a ticker means. Where an exchange is named the listing is of that exchange, as the same letters mean
 * another company elsewhere: `NYSE:VOD` is not the VOD of London, and `LSE:VOD` is, whether a universe has it as `VOD` or
 * as `VOD.L`.
 *
 * @param at when it was written, since tickers change hands; undefined: now
 * @returns undefined where the universe has none, and for exchanges that are not known
 */
export function listingAt(universe: Universe, written: WrittenTicker, at?: Moment): Listing | undefined {
  const { exchange: name, ticker } = written;
  const find = (symbols: readonly string[], fits: (listing: Listing) => boolean): Listing | undefined => {
    for (const symbol of symbols) {
      const found = universe.find(symbol, at);
      if (isListing(found) && fits(found)) return found;
    }
    return undefined;
  };
  if (name === undefined || isAmericanName(name)) {
    const found = find(spellings(ticker), name === undefined ? () => true : isAmerican);
    const bare = americanEnding.exec(ticker)?.[1];
    return found ?? (bare === undefined ? undefined : find([bare], isAmerican));
  }
  const exchange = exchangeAbroad(name, ticker);
  if (exchange === undefined) return undefined;
  const ended = find(endedSymbols(ticker, exchange), (of) => of.exchange === undefined || !isAmerican(of));
  const isThere = (of: Listing): boolean => of.exchange !== undefined && exchange.mics.includes(of.exchange);
  return ended ?? find(spellings(ticker), isThere) ?? locally(universe, ticker, exchange);
}

const isAmerican = ({ exchange }: Listing): boolean => isAmericanMic(exchange);

/** Endings by which Reuters names an American exchange: `BAC.N`. */
const americanEnding = /^([A-Z]{2,5})\.(?:N|O|OQ|K|P|A|PK)$/;

/** `BRK.B`, `BRK-B` and `BRK/B` are one class of shares. */
function spellings(ticker: string): string[] {
  const [, share, letter] = /^([A-Z]{1,5})[.\-/]([A-Z])$/.exec(ticker) ?? [];
  return letter === undefined ? [ticker] : [ticker, ...[".", "-", "/"].map((sign) => `${share}${sign}${letter}`)];
}

/** A ticker with the exchange's endings, the likeliest first. */
function endedSymbols(ticker: string, { mics, endings }: NamedExchange): string[] {
  const bare = withoutEnding(ticker, endings);
  // Hong Kong's numbers have four digits.
  const share = mics.includes("XHKG") && /^\d+$/.test(bare) ? bare.replace(/^0+/, "").padStart(4, "0") : bare;
  return endings.flatMap((ending) => spellings(share).map((spelling) => `${spelling}.${ending}`));
}

function withoutEnding(symbol: string, endings: readonly string[]): string {
  const dot = symbol.lastIndexOf(".");
  return dot > 0 && endings.includes(symbol.slice(dot + 1)) ? symbol.slice(0, dot) : symbol;
}

/** What a ticker is at its exchange, however it is written: `0700.HK` is 700 of Hong Kong, `BT-A.L` is BT.A of London. */
const localTicker = (symbol: string, endings: readonly string[]): string =>
  withoutEnding(symbol, endings)
    .replace(/^0+(?=\d+$)/, "")
    .replace(/[-/]/g, ".");

/** Listings by their exchange and their ticker there; undefined for a ticker that two have. */
const localListings = new WeakMap<Universe, ReadonlyMap<string, Listing | undefined>>();

function locally(universe: Universe, ticker: string, { mics, endings }: NamedExchange): Listing | undefined {
  let known = localListings.get(universe);
  if (known === undefined) localListings.set(universe, (known = indexOf(universe.listings ?? [])));
  const local = localTicker(ticker, endings);
  for (const mic of mics) {
    const listing = known.get(`${mic} ${local}`);
    if (listing !== undefined) return listing;
  }
  return undefined;
}

function indexOf(listings: readonly Listing[]): Map<string, Listing | undefined> {
  const index = new Map<string, Listing | undefined>();
  for (const listing of listings) {
    const { symbol, exchange } = listing;
    if (exchange === undefined) continue;
    const key = `${exchange} ${localTicker(symbol, endingsOf(exchange))}`;
    index.set(key, index.has(key) ? undefined : listing);
  }
  return index;
}
