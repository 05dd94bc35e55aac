import { createHash } from "node:crypto";
import type { CompanyNames } from "./company-list.js";
import { NameIndex } from "./name-index.js";
import { TickerIndex, tickerMentions, type Tickers } from "./ticker-mentions.js";
import { tokenise } from "./tokens.js";

/** Finds the stocks that a text names. */
export interface SymbolTagger {
  /** Identifies the list: another one tags the same text differently. */
  readonly description: string;
  /**
   * Symbols, sorted, without repeats; empty when none is named.
   *
   * @param at when it was written, ms since 1970, for tickers that have changed hands; undefined: now
   */
  tag(text: string, at?: number): string[];
}

/** Of a text that is longer, only the beginning is looked at. */
const maximumCharacters = 10_000;
/** Counted up with every change of the rules, since checkpoints compare it. */
const formatVersion = 1;

/**
 * A tagger by tickers (`$AAPL`, `NYSE: BRK.B`, `(MSFT)`, `#FB`, and `AAPL` where capitals stand out) and by companies' names.
 * Pure and without any model: the same text gives the same symbols. About 20 µs a headline.
 */
export function createTagger(companies: readonly CompanyNames[]): SymbolTagger {
  const tickers = new TickerIndex(companies.map(({ symbol }) => symbol));
  const names = new NameIndex(companies);
  const list = createHash("sha256").update(JSON.stringify(companies)).digest("hex").slice(0, 16);
  return taggerOf(`tagger ${formatVersion} ${list}`, tickers, names);
}

/** @param description another one for every list and every change of the rules */
export function taggerOf(description: string, tickers: Tickers, names: NameIndex): SymbolTagger {
  return {
    description,
    tag(text, at) {
      const looked = text.slice(0, maximumCharacters);
      const tokens = tokenise(looked);
      const found = new Set<string>();
      tickerMentions(looked, tokens, tickers, found, at);
      names.mentions(tokens, found);
      return [...found].sort();
    },
  };
}
