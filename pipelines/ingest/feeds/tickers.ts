import type { SymbolList } from "../symbols.js";
import type { FeedItem } from "./feed.js";

/** Exchanges whose shares are written without a suffix. */
const american =
  /^(?:NASDAQ(?:[ -]?(?:GS|GM|CM|NM|CAPITAL MARKET|GLOBAL(?: SELECT)? MARKET))?|NYSE(?:[ -]?(?:MKT|ARCA|AMERICAN|AMEX))?|NYSEARCA|NYSEAMERICAN|AMEX|BATS|CBOE|IEX|OTC(?:[ -]?(?:MKTS?|MARKETS?|QB|QX|BB|PINK|OTHER|PK))?|OTCBB|OTCQB|OTCQX|OTCPK|PINK|PINX|US|USA|N|O|NYQ|NMS|XNAS|XNYS|XASE|ARCX)$/;
/** Suffixes of other exchanges, as most providers of prices write them. */
const suffixes: Readonly<Record<string, string>> = {
  ...{ TSX: "TO", TSE: "TO", "TSX-V": "V", TSXV: "V", "TSX VENTURE": "V", CSE: "CN", CNSX: "CN", NEO: "NE" },
  ...{ LSE: "L", LON: "L", LONDON: "L", AIM: "L", XLON: "L", XTSE: "TO" },
  ...{ FRA: "F", FRANKFURT: "F", FSE: "F", ETR: "DE", XETRA: "DE", XETR: "DE" },
  ...{ EPA: "PA", PARIS: "PA", "EURONEXT PARIS": "PA", XPAR: "PA", AMS: "AS", "EURONEXT AMSTERDAM": "AS", XAMS: "AS" },
  ...{
    EBR: "BR",
    "EURONEXT BRUSSELS": "BR",
    SWX: "SW",
    SIX: "SW",
    VTX: "SW",
    XSWX: "SW",
    BIT: "MI",
    MILAN: "MI",
    BME: "MC",
  },
  ...{ STO: "ST", "NASDAQ STOCKHOLM": "ST", HEL: "HE", "NASDAQ HELSINKI": "HE", CPH: "CO", OSLO: "OL", OSE: "OL" },
  ...{
    ASX: "AX",
    XASX: "AX",
    NZX: "NZ",
    HKEX: "HK",
    HKG: "HK",
    SEHK: "HK",
    XHKG: "HK",
    TYO: "T",
    XTKS: "T",
    SGX: "SI",
  },
  ...{ NSE: "NS", BSE: "BO", BOM: "BO", XBOM: "BO", JSE: "JO", B3: "SA", BVMF: "SA", SSE: "SS", SHA: "SS", SZSE: "SZ" },
};

const symbolText = /^\$?([A-Z0-9^][A-Z0-9.\-=/^]{0,15})$/;

export interface GivenSymbols {
  /** Known ones, sorted, without repeats. */
  readonly symbols: string[];
  /** Written ones that are not known. */
  readonly unknown: string[];
}

/**
 * The symbols that a feed gives with an item: in elements of their own (`sa:symbol`, `nasdaq:tickers`), in categories that
 * say they are tickers (`domain="…/rss/stock"`), and in those that name an exchange (`Nasdaq:ACME`). A symbol of another than an American exchange
 * is looked for with that exchange's suffix only, as the same letters mean another company elsewhere.
 */
export function givenSymbols({ tickers, categories }: FeedItem, known: SymbolList): GivenSymbols {
  const written = new Set(tickers.flatMap(partsOf));
  for (const { term, scheme } of categories) {
    const isTicker = /(?:^|[^a-z])(?:stocks?|tickers?|symbols?)(?:$|[^a-z])/i.test(scheme);
    if (isTicker) for (const part of partsOf(term)) written.add(part);
    else if (/^(?:[^:]+:\s*\$?|\$)[A-Z0-9.\-]{1,10}$/.test(term) && candidatesOf(term).length > 0) written.add(term);
  }
  const symbols = new Set<string>();
  const unknown: string[] = [];
  for (const text of written) {
    const found = candidatesOf(text).find((symbol) => known.has(symbol));
    if (found === undefined) unknown.push(text);
    else symbols.add(found);
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

/** Spellings under which a written symbol may be known, the likeliest first. */
function candidatesOf(written: string): string[] {
  const [, exchange, text = ""] = /^(?:([^:]+):)?\s*(.+)$/.exec(written.trim().toUpperCase()) ?? [];
  const symbol = symbolText.exec(text.trim())?.[1];
  if (symbol === undefined) return [];
  const suffix = exchange === undefined || american.test(exchange) ? "" : suffixes[exchange];
  if (suffix === undefined) return [];
  if (suffix !== "") {
    // Hong Kong's numbers have four digits.
    const share = symbol
      .replace(`.${suffix}`, "")
      .replace(/^\d{1,3}$/, (digits) => (suffix === "HK" ? digits.padStart(4, "0") : digits));
    return [`${share}.${suffix}`];
  }
  // `BRK.B`, `BRK-B` and `BRK/B` are one class of shares.
  const [, share, letter] = /^([A-Z]{1,5})[.\-/]([A-Z])$/.exec(symbol) ?? [];
  return letter === undefined ? [symbol] : [symbol, ...[".", "-", "/"].map((sign) => `${share}${sign}${letter}`)];
}
