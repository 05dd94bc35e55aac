import { classKey, normalSymbol } from "../spelling.js";
import { isListing, type Listing, type Unlisted } from "../universe.js";

/** Spellings that are told apart in a report; what comes after them is counted as one. */
const spellingsKept = 20_000;

/** A spelling that a file uses, and how often. */
export interface Spelling {
  readonly written: string;
  /** The universe's; undefined for what it does not know. */
  readonly symbol: string | undefined;
  /** Why it is not known. */
  readonly reason?: string | undefined;
  readonly count: number;
}

/** What the lines of files have for symbols, counted. */
export class Spellings {
  readonly #met = new Map<string, { written: string; symbol?: string; reason?: string; count: number }>();
  /** Times that something came after the room for spellings was used up. */
  uncounted = 0;

  note(raw: string, found: Listing | Unlisted): void {
    const answer = isListing(found) ? { symbol: found.symbol } : { reason: found.reason };
    const key = `${raw}\u0000${answer.symbol ?? ""}`;
    const before = this.#met.get(key);
    if (before !== undefined) before.count += 1;
    else if (this.#met.size < spellingsKept) this.#met.set(key, { written: raw, ...answer, count: 1 });
    else this.uncounted += 1;
  }

  /** What is not known, the most frequent first. */
  unknown(): Spelling[] {
    return this.#spellings().filter(({ symbol }) => symbol === undefined);
  }

  /** What is written in another way than the universe has it, small letters and `$` apart. */
  unusual(): Spelling[] {
    return this.#spellings().filter(({ written, symbol }) => symbol !== undefined && normalSymbol(written) !== symbol);
  }

  #spellings(): Spelling[] {
    return [...this.#met.values()]
      .map(({ written, symbol, reason, count }) => ({ written, symbol, reason, count }))
      .sort((one, other) => other.count - one.count || (one.written < other.written ? -1 : 1));
  }
}

/** Symbols that differ by their signs alone, and so may be one: `MKC.V` and `MKC-V`, `BTC-USD` and `BTCUSD`. */
export function alike(symbols: Iterable<string>): string[][] {
  const byLetters = new Map<string, string[]>();
  for (const symbol of symbols) {
    // A class is never written without its sign: BRK.B and BRKB are two.
    const key = classKey(symbol) ?? symbol.replace(/[^A-Z0-9]/g, "");
    byLetters.set(key, [...(byLetters.get(key) ?? []), symbol]);
  }
  return [...byLetters.values()].filter((group) => group.length > 1).map((group) => group.sort());
}
