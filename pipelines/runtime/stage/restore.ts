import type { RecordCodec } from "../codec.js";
import { UserError } from "../errors.js";
import type { FetchedBatch } from "../kafka/types.js";
import type { AnyStage } from "./definition.js";
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

  /** @throws UserError when a state is of another version than this build's */
  async into(
    state: StateStore<unknown>,
    codec: RecordCodec<unknown>,
    { name, stateVersion }: Pick<AnyStage, "name" | "stateVersion">,
  ): Promise<void> {
    for (const [key, value] of this.#latest) {
      const restored = await codec.read(value);
      const { version } = restored as { version?: number };
      if (stateVersion !== undefined && version !== stateVersion) {
        throw new UserError(
          `The state of ${name} is of version ${version ?? 0} (key ${key}), and this build needs version ${stateVersion}`,
          `Stop the stage, run \`newstape rebuild ${name}\`, and start it again.`,
        );
      }
      state.restore(key, restored);
    }
  }
}
