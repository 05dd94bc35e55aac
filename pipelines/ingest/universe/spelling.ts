/**
 * How symbols are written. A symbol is kept as it is written, in upper case. The one thing that differs between sources and
 * means the same is the sign before a share's class: `BRK.B`, `BRK-B`, `BRK/B`. After a dot a single letter may as well be
 * an exchange (`VOD.L`, `7203.T`), so what is a class is decided narrowly: see `classParts` and `isClassShare`.
 */

export const maximumSymbolCharacters = 32;

/** Parts of letters and digits, each two parted by one sign; a sign may also end it (`ES1!`, `BP.`, `EUR=`). */
const symbolForm = /^\^?[A-Z0-9]+(?:[.\-/_&=^][A-Z0-9]+)*[.=!]?$/;

/**
 * Ticker symbols of the world's exchanges: `BRK-A`, `0700.HK`, `^GSPC`, `EURUSD=X`, `BTC/USD`, `M&M.NS`, `ES1!`. No such text
 * leads to another folder (`..`), ends a statement or a cell, is a formula of a spreadsheet, or moves a terminal's cursor.
 */
export const isWellFormedSymbol = (symbol: string): boolean =>
  symbol.length <= maximumSymbolCharacters && symbolForm.test(symbol);

const printableAscii = /^[\x20-\x7e]*$/;

/**
 * In upper case, without the `$` of cashtags. Letters beyond ASCII stay: their capitals may be other letters (`ß` is `SS`),
 * and no symbol has them.
 */
export function normalSymbol(text: string): string {
  const trimmed = text.trim();
  const bare = trimmed.startsWith("$") ? trimmed.slice(1) : trimmed;
  return printableAscii.test(bare) ? bare.toUpperCase() : bare;
}

/** Why a text is no symbol, with what to do about it; undefined for one that is. */
export function symbolFault(text: string): string | undefined {
  const symbol = normalSymbol(text);
  if (isWellFormedSymbol(symbol)) return undefined;
  if (symbol === "") return "is empty";
  if (symbol.length > maximumSymbolCharacters)
    return `has ${symbol.length} characters; a symbol has at most ${maximumSymbolCharacters}`;
  const alias = "or make it an alias of a symbol in the universe";
  if (symbol.includes(":")) return `names an exchange or a market with ":"; write the symbol alone, ${alias}`;
  if (/\s/.test(symbol)) return `holds a space; write the symbol alone, ${alias}`;
  const foreign = /[^A-Za-z0-9.\-/_&=^!]/u.exec(symbol)?.[0];
  const allowed = "a symbol has letters A–Z, digits and . - / _ & = ^ !";
  if (foreign !== undefined) {
    const code = (foreign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `holds the character U+${code}; ${allowed}`;
  }
  return `has a sign at its beginning, at its end or beside another; ${allowed}, each sign between two of them`;
}

const classForm = /^([A-Z]{1,6})[.\-/]([A-Z])$/;

/**
 * The two parts of what may be a share of a class, by its form alone: up to six letters, one of `.`, `-`, `/`, and a
 * single letter. `0700.HK`, `7203.T`, `BTC-USD` and `BT-A.L` are none.
 */
export function classParts(symbol: string): { readonly root: string; readonly letter: string } | undefined {
  // Most symbols are short and have no sign in the last place but one: this is far cheaper than the expression.
  const sign = symbol.charCodeAt(symbol.length - 2);
  if (sign !== 0x2e && sign !== 0x2d && sign !== 0x2f) return undefined;
  const match = classForm.exec(symbol);
  return match === null ? undefined : { root: match[1] ?? "", letter: match[2] ?? "" };
}

/**
 * Letters that providers append for an exchange, with its MIC: Yahoo's F, L, T and V, and those of Reuters. `A`, `B`, `C` and
 * `W` are among Reuters' too, for exchanges that hardly anyone trades on; they are the usual classes, and are left to them.
 */
const exchangeLetters: Readonly<Record<string, readonly string[]>> = {
  D: ["XDUS"],
  F: ["XFRA", "XETR"],
  H: ["XHAM"],
  I: ["XDUB"],
  J: ["XJSE"],
  K: ["XNYS"],
  L: ["XLON"],
  M: ["XMUN"],
  N: ["XNYS"],
  O: ["XNAS"],
  P: ["ARCX"],
  Q: ["XNAS"],
  S: ["XSWX"],
  T: ["XTKS"],
  V: ["XTSX", "XTSE"],
  Z: ["XSWX"],
};

/**
 * Whether a symbol is a share of a class, so that any of the three signs means the same.
 *
 * @param exchange MIC of the listing. It decides for letters that may be an exchange: `MKC.V` of XNYS has a class, `VOD.L` of
 *   XLON has none. Where it is not known those have none: two listings are never taken for one.
 */
export function isClassShare(symbol: string, exchange?: string): boolean {
  const parts = classParts(symbol);
  if (parts === undefined) return false;
  const exchanges = exchangeLetters[parts.letter];
  return exchanges === undefined || (exchange !== undefined && !exchanges.includes(exchange));
}

/** What spellings of one share of a class have in common; undefined for any other symbol. */
export function classKey(symbol: string): string | undefined {
  const parts = classParts(symbol);
  return parts === undefined ? undefined : `${parts.root} ${parts.letter}`;
}

/** The one spelling of a symbol where no universe gives another: a hyphen before the class, as the bundled list has it. */
export function fixedSpelling(symbol: string): string {
  const parts = classParts(symbol);
  return parts !== undefined && isClassShare(symbol) ? `${parts.root}-${parts.letter}` : symbol;
}
