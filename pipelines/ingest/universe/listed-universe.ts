import { createHash } from "node:crypto";
import { defaultCalendar } from "../../../operators/calendar/calendar.js";
import { calendarNameOf, dateAt } from "./calendar-of.js";
import { aliasKey, claimsOf, type Claim, type Claims } from "./claims.js";
import type { ListingLine } from "./parse.js";
import { universeError, type UniverseProblem } from "./problem.js";
import { classKey, symbolFault } from "./spelling.js";
import { bareListing, type Listing, type Moment, type Universe, type Unlisted } from "./universe.js";

/** Spellings of which the listing is remembered, those alone that mean the same at any time. */
const spellingsRemembered = 100_000;

/** A universe of listings: what is not among them is not let in. */
class ListedUniverse implements Universe {
  readonly description: string;
  readonly listings: readonly Listing[];
  readonly #bySymbol: ReadonlyMap<string, Listing>;
  /** By a spelling as it was given. */
  readonly #met = new Map<string, Listing>();

  constructor(
    readonly name: string,
    listings: readonly Listing[],
    private readonly claims: Claims,
  ) {
    this.listings = listings;
    this.#bySymbol = new Map(listings.map((listing) => [listing.symbol, listing]));
    const content = createHash("sha256").update(JSON.stringify(listings)).digest("hex").slice(0, 16);
    this.description = `universe 1 ${content}`;
  }

  find(raw: string, at?: Moment): Listing | Unlisted {
    const met = this.#met.get(raw);
    if (met !== undefined) return met;
    const key = aliasKey(raw);
    const claims = this.claims.texts.get(key) ?? this.claims.classes.get(classKey(key) ?? "");
    if (claims === undefined) return this.#unlisted(raw);
    const [first] = claims;
    const isOneListing = claims.every(({ listing, until }) => listing === first?.listing && until === undefined);
    if (first === undefined || !isOneListing) return holderAt(claims, at);
    if (this.#met.size < spellingsRemembered) this.#met.set(raw, first.listing);
    return first.listing;
  }

  calendarOf(symbol: string): string {
    const exchange = this.#bySymbol.get(symbol)?.exchange;
    return exchange === undefined ? defaultCalendar : calendarNameOf(exchange);
  }

  #unlisted(raw: string): Unlisted {
    const fault = symbolFault(raw);
    if (fault !== undefined) return { code: "INVALID_FIELD", reason: fault };
    return { code: "UNKNOWN_SYMBOL", reason: `is no symbol of ${this.name}` };
  }
}

/** Who has a spelling at a moment. @param claims by their last day; those for good come last */
function holderAt(claims: readonly Claim[], at: Moment | undefined): Listing | Unlisted {
  const last = claims.at(-1);
  if (last === undefined) return { code: "UNKNOWN_SYMBOL", reason: "is nobody's" };
  // Without a moment: whose it is now, else whose it was last.
  if (at === undefined) return last.listing;
  const time = typeof at === "function" ? at() : at;
  if (time === undefined || !Number.isFinite(time))
    return { code: "INVALID_FIELD", reason: "has changed hands, and no day says whose it was" };
  const holder = claims.find(({ until, listing }) => until === undefined || dateAt(listing.exchange, time) < until);
  if (holder !== undefined) return holder.listing;
  const { listing, until } = last;
  const day = dateAt(listing.exchange, time);
  return {
    code: "UNKNOWN_SYMBOL",
    reason:
      `was the ticker of ${listing.symbol} until ${until ?? ""}, and this is of ${day}; ` +
      `if it still means it, make it an alias of ${listing.symbol}`,
  };
}

/** @returns the universe as far as its lines agree, and what is wrong with the others */
export function universeOf(
  name: string,
  lines: readonly ListingLine[],
): { readonly universe: Universe; readonly problems: readonly UniverseProblem[] } {
  const problems: UniverseProblem[] = [];
  const claims = claimsOf(lines, problems);
  const listings = lines.map(({ listing }) => listing);
  return { universe: new ListedUniverse(name, listings, claims), problems };
}

/**
 * A universe of symbols alone.
 *
 * @param name how messages name it
 * @throws UserError for symbols that would be one
 */
export function universeOfSymbols(symbols: Iterable<string>, name = "the list"): Universe {
  const lines = [...symbols].map((symbol, index) => ({ line: index + 1, listing: bareListing(symbol) }));
  const { universe, problems } = universeOf(name, lines);
  if (problems.length > 0) throw universeError(name, problems);
  return universe;
}
