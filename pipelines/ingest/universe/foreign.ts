/**
 * Symbols that by their form are not traded in New York. Where nobody says their exchange they go by New York's sessions all
 * the same, and that is to be said.
 */
import { isListing, type Listing, type Unlisted } from "./universe.js";

/** The calendar that an exchange's listings have, where there is one. */
export interface Foreign {
  readonly symbol: string;
  readonly exchange: string | undefined;
}

/** What Yahoo and Reuters append after a dot, by calendar; those without one have none that ships. */
const ends: Readonly<Record<string, string>> = {
  XLON: "L IL",
  XETR: "DE",
  XPAR: "PA",
  XAMS: "AS",
  XSWX: "SW VX S Z",
  XTSE: "TO V NE CN",
  XTKS: "T",
  XHKG: "HK",
  XSHG: "SS SZ",
  XASX: "AX",
  XBOM: "BO NS",
  "": [
    "D F H I J M BE DU HM HA MU SG BR LS MI MC VI ST HE CO OL IC IR AT IS TA SR QA CA JO WA PR BD RG TL VS ME RO AE KW",
    "NZ SA MX BA SN CR LM SI KL JK BK VN TW TWO KS KQ XC XD",
  ].join(" "),
};

/** Indices of other exchanges, as Yahoo has them. */
const indices: Readonly<Record<string, string>> = {
  XLON: "FTSE FTMC FTAS",
  XETR: "GDAXI MDAXI SDAXI TECDAX",
  XPAR: "FCHI SBF120",
  XAMS: "AEX",
  XSWX: "SSMI",
  XTSE: "GSPTSE",
  XTKS: "N225 TOPX",
  XHKG: "HSI HSCE",
  XASX: "AXJO AORD",
  XBOM: "BSESN NSEI",
  "": "STOXX50E STOXX KS11 KQ11 TWII STI JKSE KLSE NZ50 BVSP MXX MERV IBEX OMX OMXC25 OSEAX BFX ATX TA125",
};

const byName = (lists: Readonly<Record<string, string>>): ReadonlyMap<string, string | undefined> =>
  new Map(
    Object.entries(lists).flatMap(([calendar, names]) =>
      names.split(" ").map((name) => [name, calendar === "" ? undefined : calendar] as const),
    ),
  );
const exchangeOfEnd = byName(ends);
const exchangeOfIndex = byName(indices);

const currencies = new Set(
  "USD EUR GBP JPY CHF CAD AUD NZD CNY CNH HKD SGD SEK NOK DKK PLN CZK HUF TRY ZAR MXN BRL INR KRW THB ILS XAU XAG".split(
    " ",
  ),
);
/** What cryptocurrencies are priced in, besides. */
const quotes = new Set([...currencies, ..."USDT USDC BUSD FDUSD DAI BTC ETH".split(" ")]);

/** The calendar of a pair: currencies trade on weekdays, whatever else has a price in them always. */
function exchangeOfPair(symbol: string): string | undefined {
  const parts = /^([A-Z0-9]{2,10})[-/_]([A-Z]{3,5})$/.exec(symbol) ?? /^([A-Z]{3})([A-Z]{3})$/.exec(symbol);
  const stable = /^([A-Z0-9]{2,10})(USDT|USDC|BUSD|FDUSD)$/.exec(symbol);
  const [, base = "", quote = ""] = parts ?? stable ?? [];
  if (!quotes.has(quote)) return undefined;
  return currencies.has(base) && currencies.has(quote) ? "24/5" : "24/7";
}

/** What a symbol's form says of its exchange; undefined for one that may be traded in New York. */
export function foreignBySymbol(symbol: string): Foreign | undefined {
  const end = /\.([A-Z]{1,3})$/.exec(symbol)?.[1];
  if (end !== undefined && exchangeOfEnd.has(end)) return { symbol, exchange: exchangeOfEnd.get(end) };
  if (symbol.startsWith("^")) {
    const name = symbol.slice(1);
    return exchangeOfIndex.has(name) ? { symbol, exchange: exchangeOfIndex.get(name) } : undefined;
  }
  if (/=X?$/.test(symbol)) return { symbol, exchange: "24/5" };
  // Futures, and the numbers by which Asia's shares go.
  if (/(?:=F|\d!)$/.test(symbol) || /^\d{3,}[A-Z]?$/.test(symbol)) return { symbol, exchange: undefined };
  const exchange = exchangeOfPair(symbol);
  return exchange === undefined ? undefined : { symbol, exchange };
}

/** Symbols that are looked at; a file with more has shown enough of them. */
const mostSymbols = 200_000;
const mostNamed = 5;

/** Collects the foreign symbols that go by New York because nobody says their exchange. */
export class WithoutExchange {
  readonly #met = new Set<string>();
  readonly #foreign: Foreign[] = [];

  note(found: Listing | Unlisted): void {
    if (!isListing(found) || found.exchange !== undefined) return;
    const { symbol } = found;
    if (this.#met.has(symbol) || this.#met.size >= mostSymbols) return;
    this.#met.add(symbol);
    const foreign = foreignBySymbol(symbol);
    if (foreign !== undefined) this.#foreign.push(foreign);
  }

  /** By their first appearance. */
  get all(): readonly Foreign[] {
    return this.#foreign;
  }

  /** What is to be said of a file, if anything. */
  remarks(): string[] {
    if (this.#foreign.length === 0) return [];
    const more = this.#foreign.length - mostNamed;
    const named = this.#foreign.slice(0, mostNamed).map(foreignText).join(", ") + (more > 0 ? ` and ${more} more` : "");
    return [`by New York's sessions, as no exchange is given, go ${named}: ${exchangeRemedy}`];
  }
}

/** `VOD.L (XLON)`. */
export const foreignText = ({ symbol, exchange }: Foreign): string =>
  exchange === undefined ? symbol : `${symbol} (${exchange})`;

export const exchangeRemedy = "name the exchange of each in a universe, columns symbol,exchange (XNYS if it is right)";
