import { readFileSync } from "node:fs";
import { messageOf, UserError } from "../runtime/errors.js";
import { defaultSymbols } from "./default-symbols.js";
import { isMissing, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { Refusal } from "./outcome.js";

/** Which symbols are let in. */
export interface SymbolList {
  /** Part of checkpoints: another list judges the same file differently. */
  readonly description: string;
  has(symbol: string): boolean;
}

/** Ticker symbols of the world's exchanges: `BRK-A`, `RDS.B`, `^GSPC`, `EURUSD=X`, `BTC/USD`. */
const wellFormedSymbol = /^[A-Z0-9^][A-Z0-9.\-=/^]{0,15}$/;

export const isWellFormedSymbol = (symbol: string): boolean => wellFormedSymbol.test(symbol);

/** Lets in whatever is written like a symbol. */
export const anySymbol: SymbolList = { description: "any", has: (symbol) => wellFormedSymbol.test(symbol) };

export function symbolList(symbols: Iterable<string>): SymbolList {
  const known = new Set(symbols);
  return { description: [...known].sort().join(" "), has: (symbol) => known.has(symbol) };
}

/**
 * Reads which symbols are let in.
 *
 * @param choice `any`, a file with one symbol a line (a CSV's first column; `#` comments and a heading `symbol` are
 *   passed over), or undefined for the stocks of the bundled models
 * @throws UserError when the file cannot be read or holds something else
 */
export function readSymbolList(choice?: string): SymbolList {
  if (choice === undefined) return symbolList(defaultSymbols);
  if (choice === "any") return anySymbol;
  let text: string;
  try {
    text = readFileSync(choice, "utf8");
  } catch (error) {
    throw new UserError(
      `The symbol list cannot be read: ${messageOf(error)}`,
      "Give --symbols a file, or the word any.",
    );
  }
  const symbols: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const symbol = normalSymbol((line.split(",")[0] ?? "").replace(/#.*/, "").replace(/^\s*"|"\s*$/g, ""));
    if (symbol === "" || (index === 0 && symbol === "SYMBOL")) continue;
    if (!wellFormedSymbol.test(symbol)) throw new UserError(`Line ${index + 1} of ${choice} is no symbol`);
    symbols.push(symbol);
  }
  if (symbols.length === 0) throw new UserError(`There is no symbol in ${choice}`, "Write one symbol a line.");
  return symbolList(symbols);
}

/** Upper case, without the `$` of cashtags. */
export function normalSymbol(text: string): string {
  return text.trim().replace(/^\$/, "").toUpperCase();
}

/** The one symbol of a bar. */
export function oneSymbol(fields: Fields, known: SymbolList): string {
  const raw = fields["symbol"];
  if (isMissing(raw)) throw new Refusal("MISSING_FIELD", "symbol is missing");
  if (typeof raw !== "string") throw new Refusal("INVALID_FIELD", "symbol is not a text");
  const symbol = normalSymbol(raw);
  if (symbol === "") throw new Refusal("MISSING_FIELD", "symbol is missing");
  if (!known.has(symbol))
    throw new Refusal("UNKNOWN_SYMBOL", `${JSON.stringify(symbol.slice(0, 20))} is not on the list`);
  return symbol;
}

/** Whether an article brings any symbols, known or not. */
export function hasSymbols(fields: Fields): boolean {
  const raw = isMissing(fields["symbols"]) ? fields["symbol"] : fields["symbols"];
  return !(
    isMissing(raw) ||
    (typeof raw === "string" && raw.trim() === "") ||
    (Array.isArray(raw) && raw.length === 0)
  );
}

/**
 * The symbols of an article, sorted, without repeats. Unknown ones are left out and counted, as an article often names
 * stocks that are not on the list; it is refused only when no known one is left.
 *
 * @param fields `symbols`: an array, or a text parted by spaces, `;` or `,`; or `symbol`
 * @param additional known symbols that were found otherwise
 */
export function manySymbols(
  fields: Fields,
  known: SymbolList,
  additional: readonly string[] = [],
): { symbols: string[]; unknown: number } {
  const raw = isMissing(fields["symbols"]) ? fields["symbol"] : fields["symbols"];
  if (isMissing(raw)) throw new Refusal("MISSING_FIELD", "symbols are missing");
  const given: unknown[] = typeof raw === "string" ? raw.split(/[\s;,]+/) : Array.isArray(raw) ? raw : [raw];
  const all = new Set<string>();
  for (const item of given) {
    if (typeof item !== "string") throw new Refusal("INVALID_FIELD", "symbols are not texts");
    const symbol = normalSymbol(item);
    if (symbol !== "") all.add(symbol);
  }
  if (all.size === 0) throw new Refusal("MISSING_FIELD", "symbols are missing");
  if (all.size > limits.symbolsPerArticle) {
    throw new Refusal("TOO_LARGE", `${all.size} symbols; ${limits.symbolsPerArticle} are allowed`);
  }
  const onList = [...all].filter((symbol) => known.has(symbol));
  const symbols = [...new Set([...onList, ...additional])].sort();
  if (symbols.length === 0) {
    const named = [...all].slice(0, 5).map((symbol) => JSON.stringify(symbol.slice(0, 20)));
    throw new Refusal("UNKNOWN_SYMBOL", `none of ${named.join(", ")} is on the list`);
  }
  return { symbols, unknown: all.size - onList.length };
}
