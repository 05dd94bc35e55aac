import type { Kafka } from "../client.js";
import { cutIntoPieces } from "../pieces.js";
import type { CommittedOffset, TopicPartition } from "../types.js";
import { Brokers } from "../cluster/brokers.js";
import { committedAt } from "../cluster/offsets.js";
import { SequencedWriter, type TimedRecord, type Written } from "./sequenced-writer.js";
import { TransactionSession } from "./transaction-session.js";

/** Where a task goes on. */
export interface Standing {
  /** What the group has committed of the requested partitions; one without any is left out. */
  readonly committed: readonly CommittedOffset[];
  /** Everything that was ever committed to the changelog is below this offset. */
  readonly changelogEnd: number | undefined;
}

/** A batch is tried for as long as the broker leaves a transaction open by default. */
const batchWithinMs = 30_000;
/** Key of the record that a take-over writes and aborts. No reader gets it. */
const fenceKey = "newstape.fence";

/** Transactions of one transactional id, one after the other. After any error it must be fenced anew, or closed and replaced. */
export class TransactionalWriter {
  readonly #brokers: Brokers;
  #session: TransactionSession | undefined;
  #writer: SequencedWriter | undefined;
  #hasFailed = false;

  constructor(
    kafka: Kafka,
    readonly transactionalId: string,
    private readonly transactionTimeout: number,
  ) {
    this.#brokers = new Brokers(kafka);
  }

  /** False after any failure, too: the coordinators' state is not known then; and after a commit that was requested twice. */
  get isFenced(): boolean {
    return this.#session !== undefined && !this.#session.isOver && !this.#hasFailed;
  }

  /** Fences every earlier producer of this id and finishes what it left pending. */
  async fence(): Promise<void> {
    const { transactionalId } = this;
    this.#hasFailed = false;
    this.#session = await TransactionSession.initialise(this.#brokers, transactionalId, this.transactionTimeout);
    this.#writer = new SequencedWriter(this.#brokers, {
      ...this.#session.identity,
      transactionalId,
      withinMs: batchWithinMs,
    });
  }

  /**
   * Fences, then looks up where to go on, at brokers that have just proved to lead.
   *
   * A broker that was frozen and goes on still acts as the leader, and answers with its state of then: a task that went
   * by it would do again what was done, or begin with an old state. Such a broker can no longer write, since no replica
   * follows it. So the group's offsets are requested from the coordinator that has taken an offset of this producer (all replicas
   * have it), and the changelog reaches at least to a record of this producer. Both are in one transaction, which is aborted;
   * no other producer writes meanwhile, because all others are fenced.
   */
  async takeOver(
    groupId: string,
    inputs: readonly TopicPartition[],
    changelog: TopicPartition | undefined,
  ): Promise<Standing> {
    await this.fence();
    // The group never goes by an offset of a changelog: brokers before 3.9.1 may take one for committed that was not (KAFKA-17507).
    const place = changelog ?? inputs[0];
    if (!place) throw new Error("nothing to take over");
    const [coordinator, written] = await settled([
      this.commitOffsets(groupId, [{ topic: place.topic, partition: place.partition, offset: 0 }]),
      changelog && this.write([{ topic: changelog.topic, partition: changelog.partition, key: fenceKey, value: null }]),
    ]);
    // Behind the writes: a broker answers one request of a connection at a time.
    const committed = await committedAt(this.#brokers, coordinator, groupId, inputs);
    await this.end("abort");
    if (!written) return { committed, changelogEnd: undefined };
    const [marker] = written;
    if (!marker || marker.baseOffset < 0) throw new Error(`the broker's answer lacks where ${changelog?.topic} ends`);
    return { committed, changelogEnd: marker.baseOffset + 1 };
  }

  /** Adds records to the transaction. */
  async write(records: readonly TimedRecord[]): Promise<Written[]> {
    const { session, writer } = this.#parts();
    return this.#failing(async () => {
      const places: Written[] = [];
      for (const piece of cutIntoPieces(records)) {
        const batches = writer.seal(piece);
        await session.addPartitions(batches);
        places.push(...(await writer.deliver(batches)));
      }
      return places;
    });
  }

  /** Adds a group's offsets to the transaction. @returns the coordinator that has taken them */
  async commitOffsets(groupId: string, offsets: readonly CommittedOffset[]): Promise<number> {
    const { session } = this.#parts();
    return this.#failing(() => session.commitOffsets(groupId, offsets));
  }

  async end(outcome: "commit" | "abort"): Promise<void> {
    const { session } = this.#parts();
    if (outcome === "commit" && this.#hasFailed) throw new Error("a part of the transaction has failed");
    await this.#failing(() => session.end(outcome));
  }

  close(): void {
    this.#brokers.close();
  }

  /** After a failure the transaction can only be given up, and this writer has to be fenced anew. */
  async #failing<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  #parts(): { session: TransactionSession; writer: SequencedWriter } {
    if (!this.#session || !this.#writer) throw new Error(`${this.transactionalId} was not fenced`);
    if (this.#session.isOver)
      throw new Error(`${this.transactionalId} has to be fenced anew: a commit was asked for twice`);
    return { session: this.#session, writer: this.#writer };
  }
}

/** The results of all, or the first failure: after the last of them has ended, so that nothing is left under way. */
export async function settled<Results extends readonly unknown[]>(
  attempts: Results,
): Promise<{ -readonly [Index in keyof Results]: Awaited<Results[Index]> }> {
  const results = await Promise.allSettled(attempts);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    -readonly [Index in keyof Results]: Awaited<Results[Index]>;
  };
}
