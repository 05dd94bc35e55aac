import { defaultCalendar } from "../../../operators/calendar/calendar.js";
import { fixedSpelling, isWellFormedSymbol, normalSymbol, symbolFault } from "./spelling.js";
import { bareListing, type Listing, type Universe, type Unlisted } from "./universe.js";

/** Spellings met so far: more of them are worked out anew each time. */
const spellingsRemembered = 100_000;
const met = new Map<string, Listing>();

/** Two capitals and a small letter: Reuters writes a class so (`BRKb`), and in capitals it would be another share. */
const reutersClass = /^\$?[A-Z]{2,5}[a-z]$/;

function find(raw: string): Listing | Unlisted {
  const known = met.get(raw);
  if (known !== undefined) return known;
  const symbol = normalSymbol(raw);
  if (!isWellFormedSymbol(symbol)) return { code: "INVALID_FIELD", reason: symbolFault(raw) ?? "is no symbol" };
  if (reutersClass.test(raw.trim())) {
    const [root, letter] = [symbol.slice(0, -1), symbol.slice(-1)];
    return {
      code: "INVALID_FIELD",
      reason: `may mean ${root}-${letter} or ${symbol}; write one of them, or make it an alias in a universe`,
    };
  }
  const listing = bareListing(fixedSpelling(symbol));
  if (met.size < spellingsRemembered) met.set(raw, listing);
  return listing;
}

/** Lets in whatever is written like a symbol, in one fixed spelling: a hyphen before a share's class. */
export const anySymbol: Universe = {
  description: "any symbol, spelling 1",
  name: "any",
  listings: undefined,
  find,
  calendarOf: () => defaultCalendar,
};
