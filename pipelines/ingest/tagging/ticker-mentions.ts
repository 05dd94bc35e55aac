import { namesAbroad } from "../universe/index.js";
import { capitalsOf, type Token } from "./tokens.js";

/** `$AAPL`, `$brk.b`; not `LO$T`, `$100` or `$A1`. A single letter must be a capital. */
const cashtag = /(?<![\p{L}\p{N}$])\$([A-Za-z]{1,6}(?:[.\-/][A-Za-z]{1,2})?)(?![\p{L}\p{N}])/gu;
/** `NASDAQ: AAPL`, `(NYSE:BRK.B)`, `AAPL:US` is left to the parentheses below. */
const listed =
  /\b(NASDAQ|NYSE|NYSE\s?(?:MKT|ARCA|AMERICAN)|AMEX|BATS|CBOE|OTC(?:MKTS|QB|QX|BB)?|LSE|LON|TSX|ASX|HKEX|EPA|FRA|ETR|XETRA|NYQ|NMS)\s?:\s*\$?([A-Za-z]{1,5}(?:[.\-/][A-Za-z]{1,2})?|\d{3,6})(?![\p{L}\p{N}])/giu;
/** Names of exchanges abroad in texts, longer ones first; a city before a colon may as well be where a text was written. */
const abroad = namesAbroad
  .filter((name) => !/^(?:LONDON|PARIS|MILAN|OSLO|FRANKFURT|AIM|BIT|NEO)$/.test(name))
  .sort()
  .reverse();
/** `TYO: 7203`, `Euronext Paris: AIR`, `NSE: BAJAJ-AUTO`; names of one word and long tickers are in capitals. */
const listedAbroad = new RegExp(
  `(?<![\\p{L}\\p{N}])(${abroad.join("|")})\\s?:\\s*\\$?([A-Z0-9]{1,12}(?:[.\\-/&][A-Z0-9]{1,5})?)(?![\\p{L}\\p{N}])`,
  "giu",
);

/** `(AAPL)`, `(BAC.N)`, `(AAPL:US)`, `[MSFT]`: capitals only, and no single letter, since `(C)` may be a footnote. */
const inParentheses = /[([]([A-Z]{2,5}(?:[.\-/][A-Z]{1,2})?)(?::[A-Z]{2})?[)\]]/gu;

/** `0700.HK`, `VOD.L`, `M&M.NS`, `BTC/USD`: capitals with a sign among them, as a universe may have it. */
const withEnding = /(?<![\p{L}\p{N}.\-/$&])[A-Z0-9][A-Z0-9&]{0,11}[.\-/][A-Z]{1,4}(?![\p{L}\p{N}\-/&])/gu;

/** Words of headlines that are written in capitals and are no ticker, or that are one and hardly ever mean it. */
const otherCapitals = new Set(
  `ADR AGM AI AIDS ALL AND API ARE ASIA AUD BAD BEST BIG BIO BOE BOJ BREAKING BUT BUY CALL CALLS CAD CAN CAR CASH CEO CES CFO CHF
  CHINA CIO CNBC CNN CNY COO COST CPI CTO DAX DATA DEAL DOJ DOW EARN EBITDA ECB EIA EPA EPS ETF ETFS EU EUR EURO EXIT
  FAST FCC FDA FED FIVE FOMC FOR FREE FTC FTSE FULL FUN GAAP GAIN GBP GDP GOLD GOOD GPS GREAT HAS HIGH HOLD HOT HOW HUGE
  IMF IPO IRA IRS ITS JOBS JOIN JPY JUST KEY LAW LIKE LIVE LNG LONG LOSS LOVE LOW MORE NAFTA NASA NATO NEW NEWS NEXT NFL
  NFP NHL NOT NOW NYC NYSE OIL ONE OPEC OPEN OUT PC PHD PLAY PLUS PMI PPI PUT PUTS QE REAL ROI SAFE SALE SAVE SEC SEE SELL
  SHORT SOLD SPY STAY STOCK STOP TEAM TECH THE TOP TRUE TV TWO UK UP USA USD VERY VIX WALL WAR WELL WHO WIN WORK WSJ WTI WTO
  YEN YOU YOY YTD`.split(/\s+/),
);

/** Finds the symbol that a text writes. */
export interface Tickers {
  /**
   * @param written as in the text
   * @param at when it was written, ms since 1970; undefined: now
   * @param exchange as the text names it before the ticker, in capitals: `NASDAQ`
   */
  find(written: string, at: number | undefined, exchange?: string): string | undefined;
  /**
   * Whether they are of exchanges that are told apart: then those of all exchanges are looked for (`TYO: 7203`), and tickers
   * with an exchange's ending (`0700.HK`, `VOD.L`) stand for themselves, wherever they are.
   */
  readonly isUniverse: boolean;
}

/** Symbols in any of the usual spellings. */
export class TickerIndex implements Tickers {
  readonly isUniverse = false;
  readonly #spellings = new Map<string, string>();

  /** @param symbols the earlier one keeps a spelling that two have in common */
  constructor(symbols: Iterable<string>) {
    const all = [...symbols];
    for (const symbol of all) this.#spellings.set(symbol, symbol);
    for (const symbol of all) {
      for (const separator of [".", "-", "/"]) this.#offer(symbol.replace(/[.\-/]/, separator), symbol);
    }
  }

  #offer(spelling: string, symbol: string): void {
    if (!this.#spellings.has(spelling)) this.#spellings.set(spelling, symbol);
  }

  /** With an ending that no symbol has (`BAC.N`, the exchange's letter) the symbol without it. */
  find(written: string): string | undefined {
    const upper = written.toUpperCase();
    return this.#spellings.get(upper) ?? this.#spellings.get(upper.replace(/[.\-/].*$/, ""));
  }
}

/** Adds the symbols that a text names by ticker. */
export function tickerMentions(
  text: string,
  tokens: readonly Token[],
  index: Tickers,
  found: Set<string>,
  at?: number,
): void {
  const take = (written: string): void => {
    const symbol = index.find(written, at);
    if (symbol !== undefined) found.add(symbol);
  };
  if (text.includes("$")) {
    for (const [, written = ""] of text.matchAll(cashtag)) {
      if (written.length > 1 || written === written.toUpperCase()) take(written);
    }
  }
  /** Tickers that the text gives to an exchange on which no symbol has them. */
  const elsewhere = new Set<string>();
  if (text.includes(":")) {
    for (const [exchange, written] of listedTickers(text, index.isUniverse)) {
      const symbol = index.find(written, at, exchange);
      if (symbol === undefined) elsewhere.add(written);
      else found.add(symbol);
    }
  }
  for (const [, written = ""] of text.matchAll(inParentheses)) if (!otherCapitals.has(written)) take(written);
  if (index.isUniverse) for (const [written] of text.matchAll(withEnding)) take(written);
  bareTickers(tokens, (raw) => (elsewhere.has(raw) ? undefined : index.find(raw, at)), found);
}

/** Tickers behind the name of an exchange, which is in capitals. */
function listedTickers(text: string, everywhere: boolean): (readonly [exchange: string, written: string])[] {
  const tickers = [...text.matchAll(listed)].map(
    ([, exchange = "", written = ""]) => [exchange.toUpperCase().replace(/\s/, " "), written] as const,
  );
  if (!everywhere) return tickers;
  for (const [, exchange = "", written = ""] of text.matchAll(listedAbroad)) {
    const isName = exchange.includes(" ") || exchange === exchange.toUpperCase();
    if (isName && written === written.toUpperCase()) tickers.push([exchange.toUpperCase(), written]);
  }
  return tickers;
}

/** `AAPL` on its own, where capitals are a sign: three letters or more, `#GE` from two. */
function bareTickers(tokens: readonly Token[], find: (raw: string) => string | undefined, found: Set<string>): void {
  let shouted: boolean | undefined;
  for (const { raw, hashtag } of tokens) {
    if (raw.length < (hashtag ? 2 : 3) || raw.length > 5 || !/^[A-Z]+$/.test(raw) || otherCapitals.has(raw)) continue;
    const symbol = find(raw);
    if (symbol === undefined) continue;
    shouted ??= capitalsOf(tokens) === "shouted";
    if (!shouted || hashtag) found.add(symbol);
  }
}
