/**
 * Finds the record that kills the process (a native crash: nothing can be caught), so that it ends in `<stage>.rejected` and
 * not in an endless loop of deaths.
 *
 * - A task notes beside its committed offset that it begins its first batch after a take-over. The commit of any batch wipes
 *   the note out, so that a task that works pays one small transaction a take-over (some 10 ms) and nothing afterwards.
 * - A successor that finds the note concludes that a process died without getting anywhere. It takes the records of one batch
 *   one at a time, noting before each which one the operator is about to be given, while nothing else runs in the process.
 * - While a task goes through these records its commits keep the search noted: what ends the process between two of them may be another
 *   task's record, and the successor has to go on one at a time.
 * - A record that is noted three times, each time by another process that then died, is rejected without another attempt.
 *
 * A kill from outside counts against no record, unless it falls between such a note and the commit that follows some 20 ms later; and only
 * three of these in a row on the same record would reject it. A process that reads its own note has not died, and counts nothing.
 */
import { randomBytes } from "node:crypto";
import type { MergedEntry } from "./merge.js";

export interface CrashNote {
  /** The task, of one process, that wrote it. */
  readonly life: string;
  /** What the operator was about to be given alone, as topic/partition/offset; none: the first batch after a take-over. */
  readonly record?: string;
  /** Processes that took this record alone, the writer included. */
  readonly attempts?: number;
}

/** Attempts at a record alone, after which it is rejected. */
export const crashAttempts = 3;

const placeOf = ({ entry }: MergedEntry): string => {
  const { topic, partition, offset } = entry.stored;
  return `${topic}/${partition}/${offset}`;
};

export class CrashWatch {
  readonly #life = randomBytes(6).toString("base64url");
  #isFirst = true;
  /** Records still to be taken one at a time. */
  #alone = 0;
  /** The record that processes before this one died on, and how many did. */
  #suspect: { readonly record: string; readonly attempts: number } | undefined;

  /**
   * @param note what was found beside the offset
   * @param batchRecords what the batch on which the process died held at most
   * @returns true when it shows a death
   */
  takenOver(note: CrashNote | undefined, batchRecords: number): boolean {
    this.#isFirst = true;
    if (note === undefined || note.life === this.#life) return false;
    this.#alone = batchRecords;
    const { record, attempts = 1 } = note;
    this.#suspect = record === undefined ? undefined : { record, attempts };
    return true;
  }

  /** Whether the next batch needs a note before it. */
  get isDue(): boolean {
    return this.#isFirst || this.isAlone;
  }

  /** Whether the next record is to be taken by itself. */
  get isAlone(): boolean {
    return this.#alone > 0;
  }

  /** Why a record is not to be tried again. */
  verdict(merged: MergedEntry): string | undefined {
    const suspect = this.#suspect;
    if (suspect?.record !== placeOf(merged) || suspect.attempts < crashAttempts) return undefined;
    return `the process died ${suspect.attempts} times while it worked on this record alone`;
  }

  /** The note to be committed before the batch. */
  note(batch: readonly MergedEntry[]): CrashNote {
    const [only] = batch;
    if (!this.isAlone || !only) return { life: this.#life };
    const record = placeOf(only);
    const before = this.#suspect?.record === record ? this.#suspect.attempts : 0;
    return { life: this.#life, record, attempts: before + 1 };
  }

  /** What the commit of a batch keeps: that records behind it are still to be taken one at a time. */
  get carried(): CrashNote | undefined {
    return this.#alone > 1 ? { life: this.#life } : undefined;
  }

  /** A batch is committed. */
  committed(): void {
    this.#isFirst = false;
    if (this.#alone > 0) this.#alone -= 1;
    this.#suspect = undefined;
  }

  /** Everything that was there at the take-over is done: the record that was looked for is not among it. */
  caughtUp(): void {
    this.#alone = 0;
    this.#suspect = undefined;
  }
}
