/** The three ways in which the pipeline writes: a task's transactions, a plain send, and (bulk-transaction.ts) one of any size. */
import type { Kafka } from "./client.js";
import { cutIntoPieces } from "./pieces.js";
import { Brokers, UnansweredError } from "./cluster/brokers.js";
import { persist } from "./cluster/persist.js";
import { SequencedWriter } from "./produce/sequenced-writer.js";
import { settled, TransactionalWriter, type Standing } from "./produce/transactional-writer.js";
import type { CommittedOffset, NewRecord, TopicPartition } from "./types.js";

/** How long the broker leaves a task's transaction open that nobody goes on with. */
const transactionTimeoutMs = 30_000;

/**
 * The producer of one task. Its transactional id is the task's, so that a new owner fences the former one.
 * After any error it must be closed and replaced, and the committed offsets show what was done.
 */
export class TransactionalProducer {
  readonly #writer: TransactionalWriter;

  constructor(
    kafka: Kafka,
    readonly transactionalId: string,
  ) {
    this.#writer = new TransactionalWriter(kafka, transactionalId, transactionTimeoutMs);
  }

  /** False after any failure, and after a commit that was requested twice: whoever goes on has to take over anew. */
  get isFenced(): boolean {
    return this.#writer.isFenced;
  }

  /** Fences every earlier producer of this id and finishes what it left pending. */
  async fence(): Promise<void> {
    await this.#writer.fence();
  }

  /** Fences, then returns where the group stands and how far the changelog reaches; see `TransactionalWriter.takeOver`. */
  async takeOver(groupId: string, inputs: readonly TopicPartition[], changelog?: TopicPartition): Promise<Standing> {
    return this.#writer.takeOver(groupId, inputs, changelog);
  }

  /** Writes the records and the group's offsets in one transaction. */
  async commit(records: readonly NewRecord[], groupId: string, offsets: readonly CommittedOffset[]): Promise<void> {
    // Both belong to the transaction, in any order: the broker works on one while the other is on its way.
    await settled([this.#writer.write(records), this.#writer.commitOffsets(groupId, offsets)]);
    await this.beforeCommit();
    await this.#writer.end("commit");
  }

  /** Between the last write and the commit: where the fault tests strike. */
  protected async beforeCommit(): Promise<void> {}

  async close(): Promise<void> {
    this.#writer.close();
  }
}

/** How long a send goes on trying before it fails; Java's producer has the same default (`delivery.timeout.ms`). */
const sendWithinMs = 120_000;

/** An idempotent producer without transactions: ingest, the registry's publisher, the landing's rejects. */
export class PlainProducer {
  readonly #brokers: Brokers;
  #writer: SequencedWriter | undefined;
  /** One send after the other: the sequence numbers follow each other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    kafka: Kafka,
    private readonly withinMs = sendWithinMs,
  ) {
    this.#brokers = new Brokers(kafka);
  }

  /**
   * Resolves when all in-sync replicas have the records, each once.
   *
   * @throws Error when that is not known of all of them within two minutes, or one is refused: some may have been written
   */
  async send(records: readonly NewRecord[]): Promise<void> {
    const sending = this.#turn.then(async () => {
      for (const piece of cutIntoPieces(records)) {
        const writer = await this.#ready();
        await writer.deliver(writer.seal(piece));
      }
    });
    this.#turn = sending.catch(() => undefined);
    await sending;
  }

  /** After a failure with a new producer id: no number can follow those of which it is not known whether they were written. */
  async #ready(): Promise<SequencedWriter> {
    if (this.#writer && !this.#writer.isSpent) return this.#writer;
    const { withinMs } = this;
    const identity = await persist(
      () => this.#brokers.newProducerId(),
      (error) => error instanceof UnansweredError || isStarting(error),
      withinMs,
    );
    return (this.#writer = new SequencedWriter(this.#brokers, { ...identity, transactionalId: null, withinMs }));
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#brokers.close();
  }
}

/** GROUP_LOAD_IN_PROGRESS, GROUP_COORDINATOR_NOT_AVAILABLE: the broker has no block of producer ids yet. */
const isStarting = (error: unknown): boolean => [14, 15].includes((error as { code?: number }).code ?? 0);
