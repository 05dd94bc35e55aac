import { listingAt, type Universe } from "../universe/index.js";
import { NameIndex } from "./name-index.js";
import { isEverydayWord } from "./everyday-words.js";
import { taggerOf, type SymbolTagger } from "./tagger.js";
import type { Tickers } from "./ticker-mentions.js";

/** Counted up with every change of the rules, since checkpoints compare it. */
const formatVersion = 2;

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
  return taggerOf(`universe tagger ${formatVersion} ${universe.description}`, tickersOf(universe), names);
}

/** An alias that is a ticker and no name: no letter, or capitals with a sign among them (`GOOG.O`, `700`). */
const isTicker = (alias: string): boolean =>
  /^[^\p{L}]+$/u.test(alias) || /^[A-Z0-9]+[.:=/^!_][A-Z0-9.:=/^!_-]*$/.test(alias);

/** Tickers of the universe, of the exchange that a text names before them: see `listingAt`. */
const tickersOf = (universe: Universe): Tickers => ({
  isUniverse: true,
  find: (written, at, exchange) => listingAt(universe, { exchange, ticker: written.toUpperCase() }, at)?.symbol,
});
