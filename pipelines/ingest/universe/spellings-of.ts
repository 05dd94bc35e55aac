import { classParts, isClassShare, normalSymbol } from "./spelling.js";
import { isListing, type Universe } from "./universe.js";

/**
 * Every spelling under which records may have a symbol that was given by hand: the universe's; and where it knows none, all
 * that mean the same, since what published the records may have gone by another universe.
 */
export function spellingsOf(universe: Universe, raw: string): ReadonlySet<string> {
  const found = universe.find(raw);
  if (isListing(found) && universe.listings !== undefined) return new Set([found.symbol]);
  const symbol = normalSymbol(raw);
  const parts = isClassShare(symbol) ? classParts(symbol) : undefined;
  const others = parts === undefined ? [] : [".", "-", "/"].map((sign) => `${parts.root}${sign}${parts.letter}`);
  return new Set([raw, symbol, ...others]);
}
