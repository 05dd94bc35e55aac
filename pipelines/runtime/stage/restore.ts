import type { RecordCodec } from "../codec.js";
import type { FetchedBatch } from "../kafka/types.js";
import type { StateStore } from "./state-store.js";

/** Collects a changelog partition up to its last stable offset: the newest value of each key. */
export class ChangelogRestore {
  /** Bytes until all is read: most are superseded, and need no decoding. */
  readonly #latest = new Map<string, Buffer>();

  constructor(
    public next: number,
    private readonly end: number,
  ) {}

  get done(): boolean {
    return this.next >= this.end;
  }

  /** @returns false when the batch leaves a gap */
  push(batch: FetchedBatch): boolean {
    if (batch.fetchedOffset > this.next) return false;
    for (const { offset, key, value } of batch.records) {
      if (offset < this.next || offset >= this.end || key === null) continue;
      this.#latest.delete(key);
      if (value !== null) this.#latest.set(key, value);
    }
    this.next = Math.max(this.next, batch.nextOffset);
    return true;
  }

  skip(nextOffset: number): void {
    this.next = Math.max(this.next, nextOffset);
  }

  async into(state: StateStore<unknown>, codec: RecordCodec<unknown>): Promise<void> {
    for (const [key, value] of this.#latest) state.restore(key, await codec.read(value));
  }
}
