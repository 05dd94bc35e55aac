import type { MarketState, SymbolGuard } from "../../schemas/generated/types.js";
import type { KeyedState } from "../operator.js";
import { findBySymbol, putBySymbol } from "./by-symbol.js";
import { bucketOf, membersKey } from "./members.js";

/**
 * What the next bar of each symbol of one interval is compared with. It is kept by symbol and interval alone, as in the other stages
 * that read bars: a symbol whose calendar changes is in another market from then on, and its prices go on from where they were.
 *
 * In buckets, as the members are; what a batch changes is copied once and written by `save`.
 */
export class MarketGuards {
  readonly #buckets = new Map<number, readonly SymbolGuard[]>();
  readonly #changed = new Map<number, SymbolGuard[]>();

  constructor(
    private readonly state: KeyedState<MarketState>,
    private readonly interval: string,
  ) {}

  /** Without marks before the symbol's first bar. */
  find(symbol: string): Readonly<SymbolGuard> {
    return findBySymbol(this.#bucket(bucketOf(symbol)), symbol) ?? { symbol, marks: [], held: null };
  }

  put(guard: SymbolGuard): void {
    const index = bucketOf(guard.symbol);
    let guards = this.#changed.get(index);
    if (!guards) {
      guards = [...this.#bucket(index)];
      this.#changed.set(index, guards);
      this.#buckets.set(index, guards);
    }
    putBySymbol(guards, guard);
  }

  save(): void {
    for (const [index, guards] of this.#changed)
      this.state.set(this.#key(index), { section: null, members: [], guards });
  }

  #bucket(index: number): readonly SymbolGuard[] {
    let guards = this.#buckets.get(index);
    if (!guards)
      this.#buckets.set(index, (guards = this.state.get(this.#key(index))?.guards ?? this.#fromMembers(index)));
    return guards;
  }

  /** A state of before guards has the last bar of each symbol, all in the market of XNYS. */
  #fromMembers(index: number): SymbolGuard[] {
    const { members = [] } = this.state.get(membersKey(this.interval, index)) ?? {};
    return members.map(({ symbol, time, close, factor }) => ({ symbol, marks: [time, close, factor], held: null }));
  }

  #key(index: number): string {
    return `guards|${this.interval}|${index}`;
  }
}
