/**
 * To whom a spelling belongs. A listing's own symbol and its aliases are its for good; a former ticker until the day on which
 * it was given up, and from the day on which the ticker before it was.
 */
import { classKey, isClassShare, normalSymbol } from "./spelling.js";
import type { ListingLine } from "./parse.js";
import type { UniverseProblem } from "./problem.js";
import type { Listing } from "./universe.js";

export interface Claim {
  readonly kind: "symbol" | "alias" | "formerly";
  /** The spelling, as the file has it. */
  readonly text: string;
  readonly line: number;
  readonly listing: Listing;
  /** First day, where the listing had another ticker before. */
  readonly from?: string | undefined;
  /** First day on which it was not this listing's any more. */
  readonly until?: string | undefined;
}

export interface Claims {
  /** By the spelling in its normal form. */
  readonly texts: ReadonlyMap<string, readonly Claim[]>;
  /** Of shares of a class, by what all of their spellings have in common. */
  readonly classes: ReadonlyMap<string, readonly Claim[]>;
}

/** Aliases are compared without regard to case and to how many spaces part their words. */
export const aliasKey = (text: string): string => normalSymbol(text).replace(/\s+/g, " ");

export function claimsOf(lines: readonly ListingLine[], problems: UniverseProblem[]): Claims {
  const texts = new Map<string, Claim[]>();
  const classes = new Map<string, Claim[]>();
  const add = (map: Map<string, Claim[]>, key: string, claim: Claim): void => {
    const before = map.get(key);
    if (before === undefined) map.set(key, [claim]);
    else before.push(claim);
  };
  for (const claim of lines.flatMap(claimsOfListing)) {
    const key = aliasKey(claim.text);
    add(texts, key, claim);
    if (isClassShare(key, claim.listing.exchange)) add(classes, classKey(key) ?? key, claim);
  }
  const told = new Set<string>();
  for (const [key, claims] of [...texts, ...classes])
    if (claims.length > 1) checkClaims(key, claims.sort(byUntil), problems, told);
  return { texts, classes };
}

function claimsOfListing({ line, listing }: ListingLine): Claim[] {
  const { symbol, aliases, formerly } = listing;
  const formers = formerly.map((former, index): Claim => ({
    kind: "formerly",
    text: former.symbol,
    line,
    listing,
    from: formerly[index - 1]?.until,
    until: former.until,
  }));
  const renamed = formerly.findLast(({ until }) => until !== undefined)?.until;
  const aliasClaims = aliases.map((alias): Claim => ({ kind: "alias", text: alias, line, listing }));
  return [{ kind: "symbol", text: symbol, line, listing, from: renamed }, ...aliasClaims, ...formers];
}

/** By their last day; those for good come last. */
const byUntil = (one: Claim, other: Claim): number => {
  const [a, b] = [one.until ?? "9999", other.until ?? "9999"];
  return a < b ? -1 : a > b ? 1 : 0;
};

/** @param claims by their last day @param told what has been complained of */
function checkClaims(key: string, claims: readonly Claim[], problems: UniverseProblem[], told: Set<string>): void {
  for (const [index, claim] of claims.entries()) {
    const before = claims[index - 1];
    if (before === undefined || before.listing === claim.listing) continue;
    const problem = contradiction(before, claim);
    if (problem === undefined) continue;
    const [earlier, later] = before.line <= claim.line ? [before, claim] : [claim, before];
    const place = `${earlier.line} ${later.line} ${classKey(key) ?? key}`;
    if (told.has(place)) continue;
    told.add(place);
    problems.push({ line: later.line, value: later.text, ...problem(earlier, later) });
  }
}

type Problem = (earlier: Claim, later: Claim) => { readonly problem: string; readonly remedy: string };

/** Two listings that claim one spelling for the same day. */
function contradiction(before: Claim, claim: Claim): Problem | undefined {
  const where = ({ listing, line }: Claim): string => `${listing.symbol} of line ${line}`;
  if (before.until === undefined) {
    if (before.kind === "symbol" && claim.kind === "symbol") {
      if (before.text === claim.text)
        return ({ line }) => ({
          problem: `stands in line ${line} already`,
          remedy: "Keep one of the two lines.",
        });
      return (earlier) => ({
        problem: `is another spelling of ${where(earlier)}, and both would be one symbol`,
        remedy: "Keep the one that records are to have; the other is understood by itself.",
      });
    }
    return (earlier, later) => ({
      problem: `belongs to ${where(earlier)} too, and to ${later.listing.symbol}`,
      remedy:
        "Leave it to one of them; a former ticker needs its last day (`FB until 2022-06-09`); a name of two shares is the `name` of both.",
    });
  }
  const overlaps = claim.until === before.until || (claim.from !== undefined && claim.from < before.until);
  if (!overlaps && claim.kind !== "alias") return undefined;
  return (earlier, later) => ({
    problem: `belonged to ${where(earlier)} and to ${later.listing.symbol} at the same time`,
    remedy: "Correct the days of `formerly`: a ticker is one listing's on any day, and an alias has no day.",
  });
}
