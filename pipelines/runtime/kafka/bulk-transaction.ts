import type { Kafka } from "./client.js";
import type { TimedRecord } from "./produce/sequenced-writer.js";
import { TransactionalWriter } from "./produce/transactional-writer.js";
import type { CommittedOffset } from "./types.js";

export type { TimedRecord };

/** What is gathered before it is sent: a few fetches' worth, so that memory stays small. */
const pieceBytes = 512 << 10;

/**
 * A producer that writes any amount of records in one transaction, piece by piece: all of it becomes visible, or none.
 * With a task's transactional id it fences that task.
 */
export class BulkTransaction {
  readonly #writer: TransactionalWriter;

  constructor(kafka: Kafka, transactionalId: string, transactionTimeout = 60_000) {
    this.#writer = new TransactionalWriter(kafka, transactionalId, transactionTimeout);
  }

  /** Fences every earlier producer of this id and finishes what it left pending. */
  async fence(): Promise<void> {
    await this.#writer.fence();
  }

  /** @param offsets committed for the group in the same transaction */
  async write(
    records: Iterable<TimedRecord> | AsyncIterable<TimedRecord>,
    offsets?: { readonly groupId: string; readonly offsets: readonly CommittedOffset[] },
  ): Promise<number> {
    if (!this.#writer.isFenced) await this.fence();
    let count = 0;
    try {
      let piece: TimedRecord[] = [];
      let bytes = 0;
      for await (const record of records) {
        piece.push(record);
        count += 1;
        bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0) + 100;
        if (bytes < pieceBytes) continue;
        await this.#writer.write(piece);
        piece = [];
        bytes = 0;
      }
      await this.#writer.write(piece);
      if (offsets) await this.#writer.commitOffsets(offsets.groupId, offsets.offsets);
      await this.beforeCommit();
    } catch (error) {
      // Without an answer this fails too, and the broker's time-out ends the transaction; the first fault is the one to report.
      await this.#writer.end("abort").catch(() => undefined);
      throw error;
    }
    await this.#writer.end("commit");
    // A commit that was requested twice ends the session. Its answer has just shown that this producer is the newest: later it need not be.
    if (!this.#writer.isFenced) await this.fence();
    return count;
  }

  /** Between the last write and the commit: where tests strike. */
  protected async beforeCommit(): Promise<void> {}

  async close(): Promise<void> {
    this.#writer.close();
  }
}
