import type { RejectCode } from "../../../schemas/reject-codes.js";

/** An item that was refused, or several that were for one reason. */
export interface ItemRefusal {
  readonly code: RejectCode;
  readonly reason: string;
  /** Number of the item in its document, from 1. */
  readonly item: number;
  /** How many items it is about. */
  readonly items: number;
  /** The item's title, link or identifier, cut to 200 characters. */
  readonly original: string;
}

/** Refusals of one code, of one feed. */
export interface RefusalCount {
  readonly code: RejectCode;
  readonly count: number;
  /** The first three. */
  readonly first: readonly ItemRefusal[];
  /** What to do about it. */
  readonly remedy: string;
}

const remedies: Partial<Record<RejectCode, string>> = {
  MISSING_FIELD: "the feed gives neither title nor text (or, on a first poll, no date: --undated all takes those)",
  INVALID_TIME: "at a first poll an unread date may be any: --undated all takes such items as of their arrival",
  TIME_IN_FUTURE: "the date is an event's, not the publication's: --undated all takes such items as of their arrival",
  TOO_LARGE: "a feed is read up to 1,000 items: ask its server for a shorter one, or poll more often",
};

/** Counts the refusals of a feed; one that comes again at each poll counts once. */
export class RefusalTally {
  readonly #byCode = new Map<RejectCode, { count: number; first: ItemRefusal[] }>();
  readonly #known = new Set<string>();

  /** @returns false for one that was there before */
  add(refusal: ItemRefusal): boolean {
    const identity = `${refusal.code} ${refusal.original}`;
    if (this.#known.has(identity)) return false;
    if (this.#known.size < 10_000) this.#known.add(identity);
    let entry = this.#byCode.get(refusal.code);
    if (entry === undefined) this.#byCode.set(refusal.code, (entry = { count: 0, first: [] }));
    entry.count += refusal.items;
    if (entry.first.length < 3) entry.first.push(refusal);
    return true;
  }

  counts(): RefusalCount[] {
    return [...this.#byCode]
      .map(([code, { count, first }]) => ({ code, count, first, remedy: remedies[code] ?? "see schemas/README.md" }))
      .sort((a, b) => b.count - a.count);
  }
}
