import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka, Producer, Transaction } from "kafkajs";
import { retry } from "./client.js";
import { faultType } from "./errors.js";
import { CompressionTypes, Partitioners } from "./kafkajs.js";
import { cutIntoPieces } from "./pieces.js";
import type { CommittedOffset, NewRecord } from "./types.js";

function byTopic(records: readonly NewRecord[]) {
  const topics = new Map<
    string,
    { partition: number; key: string | null; value: Buffer | null; headers?: Record<string, string> }[]
  >();
  for (const { topic, partition, key, value, headers } of records) {
    let messages = topics.get(topic);
    if (!messages) topics.set(topic, (messages = []));
    messages.push({ partition, key, value, ...(headers && { headers }) });
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

/**
 * The producer of one task. Its transactional id is the task's, so that a new owner fences the former one.
 * After any error it must be closed and replaced: a broker-side time-out leaves KafkaJS's producer stuck.
 */
export class TransactionalProducer {
  readonly #producer: Producer;

  constructor(
    kafka: Kafka,
    readonly transactionalId: string,
    transactionTimeout = 30_000,
  ) {
    this.#producer = kafka.producer({
      transactionalId,
      transactionTimeout,
      idempotent: true,
      // KafkaJS sends one Produce at a time to a broker (it locks it), so this leaves the order of the records alone.
      maxInFlightRequests: 5,
      allowAutoTopicCreation: false,
      // Every record names its partition; without this KafkaJS warns of its changed default.
      createPartitioner: Partitioners.DefaultPartitioner,
      retry,
    });
  }

  /**
   * Fences every earlier producer of this id and finishes what it left pending. `connect()` alone does not: the id is
   * initialised with the first transaction, so begin and abort an empty one.
   */
  async fence(): Promise<void> {
    await this.#producer.connect();
    const transaction = await this.#producer.transaction();
    await transaction.abort();
  }

  /** Writes the records and the group's offsets in one transaction. */
  async commit(records: readonly NewRecord[], groupId: string, offsets: readonly CommittedOffset[]): Promise<void> {
    const transaction = await this.#producer.transaction();
    const topics = offsetsByTopic(offsets);
    // Both belong to the transaction, in any order: the broker works on one while the other is on its way.
    await Promise.all([
      sendPieces(transaction, records),
      whileConcurrent(() => transaction.sendOffsets({ consumerGroupId: groupId, topics })),
    ]);
    await this.beforeCommit();
    await transaction.commit();
  }

  /** Between the last write and the commit: where the fault tests strike. */
  protected async beforeCommit(): Promise<void> {}

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }
}

async function sendPieces(sender: Pick<Transaction, "sendBatch">, records: readonly NewRecord[]): Promise<void> {
  for (const piece of cutIntoPieces(records)) await sender.sendBatch({ acks: -1, topicMessages: byTopic(piece) });
}

function offsetsByTopic(offsets: readonly CommittedOffset[]) {
  const topics = new Map<string, { partition: number; offset: string; metadata: string }[]>();
  for (const { topic, partition, offset, metadata = "" } of offsets) {
    const partitions = topics.get(topic) ?? [];
    topics.set(topic, partitions);
    partitions.push({ partition, offset: String(offset), metadata });
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

/**
 * The broker answers CONCURRENT_TRANSACTIONS while it still completes the transaction before. KafkaJS waits for that when
 * it sends records, but not when a transaction begins with its offsets (a batch without outputs).
 */
async function whileConcurrent(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (faultType(error) !== "CONCURRENT_TRANSACTIONS" || tries >= 100) throw error;
      await sleep(Math.min(100, 5 * 2 ** Math.min(tries, 5)));
    }
  }
}

/** An idempotent producer without transactions: ingest and the registry's publisher. */
export class PlainProducer {
  readonly #producer: Producer;
  #connected: Promise<void> | undefined;

  constructor(kafka: Kafka) {
    this.#producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry,
    });
  }

  /** Resolves when all in-sync replicas have the records. */
  async send(records: readonly NewRecord[], options: { gzip?: boolean } = {}): Promise<void> {
    await this.#ready();
    const compression = options.gzip ? CompressionTypes.GZIP : CompressionTypes.None;
    for (const piece of cutIntoPieces(records)) {
      await this.#producer.sendBatch({ acks: -1, compression, topicMessages: byTopic(piece) });
    }
  }

  async #ready(): Promise<void> {
    this.#connected ??= this.#producer.connect();
    try {
      await this.#connected;
    } catch (error) {
      // The next one tries again.
      this.#connected = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }
}
