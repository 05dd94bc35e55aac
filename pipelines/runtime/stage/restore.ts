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

  /** @throws UserError when a state is of a version that this build does not read */
  async into(state: StateStore<unknown>, codec: RecordCodec<unknown>, stage: VersionedStage): Promise<void> {
    for (const [key, value] of this.#latest) state.restore(key, upgraded(stage, key, await codec.read(value)));
  }
}

type VersionedStage = Pick<AnyStage, "name" | "stateVersion" | "stateUpgrades">;

/**
 * The state in this build's version. A newer one is never read: its fields may have come to mean something else, and what
 * this build wrote back would lack what it does not know.
 */
function upgraded({ name, stateVersion, stateUpgrades }: VersionedStage, key: string, restored: unknown): unknown {
  const { version = 0 } = restored as { version?: number };
  if (stateVersion === undefined || version === stateVersion) return restored;
  if (version > stateVersion) {
    throw new UserError(
      `The state of ${name} is of version ${version} (key ${key}): a newer build wrote it, and this one reads versions up to ${stateVersion}`,
      `Run the newer build. To return to this one, stop every process of the stage, run \`newstape rebuild ${name}\` with it, and start it again.`,
    );
  }
  let state = restored as object;
  for (let from = version; from < stateVersion; from += 1) {
    const upgrade = stateUpgrades?.[from];
    if (!upgrade) {
      throw new UserError(
        `The state of ${name} is of version ${version} (key ${key}), and this build needs version ${stateVersion}`,
        `Stop the stage, run \`newstape rebuild ${name}\`, and start it again.`,
      );
    }
    state = { ...upgrade(state), version: from + 1 };
  }
  return state;
}
