/** The fields of a line that name symbols, as records have them. */
import type { BarTimeOptions } from "./bar-time.js";
import { isMissing, shown, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { Refusal } from "./outcome.js";
import { roughMoment } from "./rough-moment.js";
import { isListing, normalSymbol, type SymbolNote, type Universe, type Unlisted } from "./universe/index.js";

/**
 * The one symbol of a bar.
 *
 * @param options how its time is read, to know whose a ticker was
 * @param note takes what it is written like
 */
export function oneSymbol(fields: Fields, universe: Universe, options: BarTimeOptions, note?: SymbolNote): string {
  const raw = fields["symbol"];
  if (isMissing(raw)) throw new Refusal("MISSING_FIELD", "symbol is missing");
  if (typeof raw !== "string") throw new Refusal("INVALID_FIELD", "symbol is not a text");
  if (normalSymbol(raw) === "") throw new Refusal("MISSING_FIELD", "symbol is missing");
  const found = universe.find(raw, () => roughMoment(fields, options));
  note?.(raw, found);
  if (isListing(found)) return found.symbol;
  throw new Refusal(found.code, `symbol ${shown(raw)} ${found.reason}`);
}

/** The fields, with the symbol of the whole file where they name none. */
export function namedSymbol(fields: Fields, symbol: string | undefined): Fields {
  const isNamed = symbol === undefined || !isMissing(fields["symbol"]) || !isMissing(fields["symbols"]);
  return isNamed ? fields : { ...fields, symbol };
}

const givenSymbols = (fields: Fields): unknown => (isMissing(fields["symbols"]) ? fields["symbol"] : fields["symbols"]);

/** Whether an article brings any symbols, known or not. */
export function hasSymbols(fields: Fields): boolean {
  const raw = givenSymbols(fields);
  return !(
    isMissing(raw) ||
    (typeof raw === "string" && symbolTexts(raw).length === 0) ||
    (Array.isArray(raw) && raw.length === 0)
  );
}

/**
 * The symbols of an article, sorted, without repeats. Unknown ones are left out and counted, as an article often names
 * stocks that are not in the universe; it is refused only when no known one is left.
 *
 * @param fields `symbols`: an array, or a text parted by spaces, `;`, `,` or `|`, or one that holds an array; or `symbol`
 * @param at when the article was published, ms since 1970
 * @param additional symbols that were found otherwise, as the universe spells them
 * @param note takes each text that is a symbol by itself, or should be
 */
export function manySymbols(
  fields: Fields,
  universe: Universe,
  at: number,
  additional: readonly string[] = [],
  note?: SymbolNote,
): { symbols: string[]; unknown: number } {
  const raw = givenSymbols(fields);
  if (isMissing(raw)) throw new Refusal("MISSING_FIELD", "symbols are missing");
  const known = new Set<string>();
  const unknown = new Map<string, Unlisted>();
  const given = givenTexts(raw, universe, at);
  if (given.size === 0) throw new Refusal("MISSING_FIELD", "symbols are missing");
  if (given.size > limits.symbolsPerArticle)
    throw new Refusal("TOO_LARGE", `${given.size} symbols; ${limits.symbolsPerArticle} are allowed`);
  for (const [symbol, text] of given) {
    const found = universe.find(text, at);
    note?.(text, found);
    if (isListing(found)) known.add(found.symbol);
    else unknown.set(symbol, found);
  }
  for (const symbol of additional) known.add(symbol);
  if (known.size === 0) throw noneKnown(unknown);
  return { symbols: [...known].sort(), unknown: unknown.size };
}

function noneKnown(unknown: ReadonlyMap<string, Unlisted>): Refusal {
  const faults = [...unknown].slice(0, 3).map(([symbol, { reason }]) => `${shown(symbol)} ${reason}`);
  const more = unknown.size - faults.length;
  const codes = new Set([...unknown.values()].map(({ code }) => code));
  return new Refusal(
    codes.has("UNKNOWN_SYMBOL") ? "UNKNOWN_SYMBOL" : "INVALID_FIELD",
    `${unknown.size === 1 ? "symbol" : "no symbol is known:"} ${faults.join("; ")}${more > 0 ? `; and ${more} more` : ""}`,
  );
}

/** What is given as symbols, by its normal form. */
function givenTexts(raw: unknown, universe: Universe, at: number): Map<string, string> {
  const items: readonly unknown[] =
    typeof raw === "string"
      ? symbolTexts(raw).flatMap((text) => partedBySpaces(text, universe, at))
      : Array.isArray(raw)
        ? raw
        : [raw];
  const given = new Map<string, string>();
  for (const item of items.map(nameOfObject)) {
    if (typeof item !== "string") throw new Refusal("INVALID_FIELD", "symbols are not texts");
    const symbol = normalSymbol(item);
    if (symbol !== "") given.set(symbol, item);
  }
  return given;
}

/** Some sources list objects: `[{"name": "AAPL"}]`. */
function nameOfObject(item: unknown): unknown {
  if (typeof item !== "object" || item === null) return item;
  const values = item as Readonly<Record<string, unknown>>;
  return values["symbol"] ?? values["ticker"] ?? values["name"];
}

/** The parts of a text that lists symbols, also of one that a program printed: `['AAPL', 'MSFT']`. */
function symbolTexts(text: string): string[] {
  const inner = /^\s*[[({](.*)[\])}]\s*$/s.exec(text)?.[1];
  return (inner ?? text)
    .split(/[;,|]/)
    .map((part) => part.trim())
    .map((part) => (inner === undefined ? part : part.replace(/^(['"])(.*)\1$/s, "$2").trim()))
    .filter((part) => part !== "");
}

/** Exchanges as Bloomberg writes them after a symbol, but for those that are better known as symbols (`SE`, `PM`). */
const bloombergExchanges = new Set(
  "AU BB BZ CN CT DC FP GR GY HK IJ IM IN JP JT KS LN MK NA NO NZ SJ SS SW TB TT US".split(" "),
);
const bloombergMarkets = new Set(["COMDTY", "CORP", "CURNCY", "EQUITY", "INDEX"]);

/** Several symbols parted by spaces, unless the whole is one that the universe knows. */
function partedBySpaces(text: string, universe: Universe, at: number): string[] {
  if (!/\s/.test(text)) return [text];
  if (isListing(universe.find(text, at))) return [text];
  const parts = text.split(/\s+/);
  const [, ...others] = parts.map(normalSymbol);
  const isOne =
    others.some((part) => bloombergMarkets.has(part)) ||
    (others.length === 1 && bloombergExchanges.has(others[0] ?? ""));
  const areListed = universe.listings !== undefined && parts.every((part) => isListing(universe.find(part, at)));
  if (!isOne || areListed) return parts;
  throw new Refusal(
    "INVALID_FIELD",
    `symbols ${shown(text)} may be one symbol as Bloomberg writes it, or ${parts.length}; write ${shown(parts[0])} alone, ` +
      "part several by ;, or make it an alias in a universe",
  );
}
