import type { MarketMember, MarketState } from "../../schemas/generated/types.js";
import type { KeyedState } from "../operator.js";
import { findBySymbol, putBySymbol } from "./by-symbol.js";

/**
 * Symbols are kept in this many records of state. A burst of 5,000 bars in one batch then writes 64 of some 5 KiB rather
 * than 5,000, and a lone bar writes one of 64.
 */
export const memberBuckets = 64;

/** A symbol that was not seen in this many sections leaves: its next return would span all of them. */
export const keptSections = 30;

interface Bucket {
  /** By symbol. */
  members: MarketMember[];
  /** Section for which those that have left were dropped; undefined while the members are the state's own. */
  swept: number | undefined;
}

/** The symbols of one market, in buckets by hash. What a batch changes is copied once and written by `save`. */
export class MarketMembers {
  readonly #buckets: (Bucket | undefined)[] = [];

  constructor(
    private readonly state: KeyedState<MarketState>,
    /** Interval, and calendar unless it is XNYS. */
    private readonly market: string,
  ) {}

  /** The symbol's last bar; undefined for one that is new, or has left before the section of this number. */
  find(symbol: string, section: number): MarketMember | undefined {
    const member = findBySymbol(this.#bucket(bucketOf(symbol)).members, symbol);
    return member && section - member.section <= keptSections ? member : undefined;
  }

  put(member: MarketMember): void {
    const bucket = this.#bucket(bucketOf(member.symbol));
    // Whether it is done once a batch or for every bar, the same are dropped: all who stay are within the span.
    if (bucket.swept !== member.section) {
      bucket.members = bucket.members.filter(({ section }) => member.section - section <= keptSections);
      bucket.swept = member.section;
    }
    putBySymbol(bucket.members, member);
  }

  /** All whose last bar is of this time. */
  *at(time: number): Generator<MarketMember> {
    for (let index = 0; index < memberBuckets; index += 1) {
      for (const member of this.#bucket(index).members) if (member.time === time) yield member;
    }
  }

  save(): void {
    this.#buckets.forEach((bucket, index) => {
      if (bucket?.swept === undefined) return;
      this.state.set(membersKey(this.market, index), { section: null, members: bucket.members, guards: [] });
    });
  }

  #bucket(index: number): Bucket {
    return (this.#buckets[index] ??= this.#read(index));
  }

  #read(index: number): Bucket {
    return { members: this.state.get(membersKey(this.market, index))?.members ?? [], swept: undefined };
  }
}

/** @param market interval, and calendar unless it is XNYS */
export const membersKey = (market: string, index: number): string => `members|${market}|${index}`;

/** FNV-1a over the UTF-16 code units: it is part of the state's keys, so it must stay what it is. */
export function bucketOf(symbol: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < symbol.length; index += 1) hash = Math.imul(hash ^ symbol.charCodeAt(index), 0x01000193);
  // The low bits of FNV-1a are the weakest.
  return (hash ^ (hash >>> 16)) & (memberBuckets - 1);
}
