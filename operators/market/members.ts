import type { MarketMember, MarketState, SymbolGuard } from "../../schemas/generated/types.js";
import type { KeyedState } from "../operator.js";

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
  /** By symbol. */
  guards: SymbolGuard[];
  /** Section for which those that have left were dropped; undefined while the members are the state's own. */
  swept: number | undefined;
  isGuardChanged: boolean;
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
    const { members } = this.#bucket(bucketOf(symbol));
    const member = members[placeOf(members, symbol)];
    return member?.symbol === symbol && section - member.section <= keptSections ? member : undefined;
  }

  put(member: MarketMember): void {
    const bucket = this.#bucket(bucketOf(member.symbol));
    // Whether it is done once a batch or for every bar, the same are dropped: all who stay are within the span.
    if (bucket.swept !== member.section) {
      bucket.members = bucket.members.filter(({ section }) => member.section - section <= keptSections);
      bucket.swept = member.section;
    }
    put(bucket.members, member);
  }

  /** What the symbol's next bar is compared with; none before its first. A state of before guards has its last bar alone. */
  guard(symbol: string): Readonly<SymbolGuard> {
    const { guards, members } = this.#bucket(bucketOf(symbol));
    const known = guards[placeOf(guards, symbol)];
    if (known?.symbol === symbol) return known;
    const last = members[placeOf(members, symbol)];
    const marks = last?.symbol === symbol ? [last.time, last.close, last.factor] : [];
    return { symbol, marks, held: null };
  }

  putGuard(guard: SymbolGuard): void {
    const bucket = this.#bucket(bucketOf(guard.symbol));
    if (!bucket.isGuardChanged) bucket.guards = [...bucket.guards];
    bucket.isGuardChanged = true;
    put(bucket.guards, guard);
  }

  /** All whose last bar is of this time. */
  *at(time: number): Generator<MarketMember> {
    for (let index = 0; index < memberBuckets; index += 1) {
      for (const member of this.#bucket(index).members) if (member.time === time) yield member;
    }
  }

  save(): void {
    this.#buckets.forEach((bucket, index) => {
      if (!bucket || (bucket.swept === undefined && !bucket.isGuardChanged)) return;
      this.state.set(this.#key(index), { section: null, members: bucket.members, guards: bucket.guards });
    });
  }

  #bucket(index: number): Bucket {
    return (this.#buckets[index] ??= this.#read(index));
  }

  #read(index: number): Bucket {
    const { members = [], guards = [] } = this.state.get(this.#key(index)) ?? {};
    return { members, guards, swept: undefined, isGuardChanged: false };
  }

  #key(index: number): string {
    return `members|${this.market}|${index}`;
  }
}

/** FNV-1a over the UTF-16 code units: it is part of the state's keys, so it must stay what it is. */
export function bucketOf(symbol: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < symbol.length; index += 1) hash = Math.imul(hash ^ symbol.charCodeAt(index), 0x01000193);
  // The low bits of FNV-1a are the weakest.
  return (hash ^ (hash >>> 16)) & (memberBuckets - 1);
}

interface OfSymbol {
  readonly symbol: string;
}

function put<Entry extends OfSymbol>(entries: Entry[], entry: Entry): void {
  const place = placeOf(entries, entry.symbol);
  entries.splice(place, entries[place]?.symbol === entry.symbol ? 1 : 0, entry);
}

/** Where the symbol is, or would be. */
function placeOf(entries: readonly OfSymbol[], symbol: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as OfSymbol).symbol < symbol) low = middle + 1;
    else high = middle;
  }
  return low;
}
