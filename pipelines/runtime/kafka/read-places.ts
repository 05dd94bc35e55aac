import type { PartitionOffsets } from "./admin.js";

/**
 * Where a reader of a whole topic stands in each partition, and whether it has seen what lay there at the start. Whoever joins
 * again begins where the group began, since it commits nothing; and a broker that was frozen answers old questions.
 */
export class ReadPlaces {
  /** Offset to go on at, by partition. */
  readonly #next = new Map<number, number>();
  /** Partitions that hold something not yet read, and where it ends. */
  readonly #waiting = new Map<number, number>();
  #markCaughtUp: () => void = () => undefined;
  readonly caughtUp = new Promise<void>((resolve) => (this.#markCaughtUp = resolve));

  constructor(bounds: readonly PartitionOffsets[], from: "beginning" | "end") {
    for (const { partition, low, end } of bounds) {
      this.#next.set(partition, from === "beginning" ? low : end);
      if (from === "beginning" && end > low) this.#waiting.set(partition, end);
    }
    this.#check();
  }

  get next(): ReadonlyMap<number, number> {
    return this.#next;
  }

  /** @returns false for what was read before */
  take(partition: number, offset: number): boolean {
    if (offset < (this.#next.get(partition) ?? 0)) return false;
    this.#next.set(partition, offset + 1);
    return true;
  }

  /** A partition has been read, or passed over, up to here. */
  reached(partition: number, nextOffset: number): void {
    if (nextOffset < (this.#waiting.get(partition) ?? Infinity)) return;
    this.#waiting.delete(partition);
    this.#check();
  }

  #check(): void {
    if (this.#waiting.size === 0) this.#markCaughtUp();
  }
}
