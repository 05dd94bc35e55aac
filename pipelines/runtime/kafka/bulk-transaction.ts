import type { Kafka, Producer, Transaction } from "kafkajs";
import { retry } from "./client.js";
import { Partitioners } from "./kafkajs.js";
import type { CommittedOffset, NewRecord } from "./types.js";

/** Kafka takes at most 1 MiB in one batch of a partition (`message.max.bytes`). */
const pieceBytes = 512 << 10;

export type TimedRecord = NewRecord & { readonly timestamp?: number };

/**
 * A producer that writes any amount of records in one transaction, piece by piece: all of it becomes visible, or none.
 * With a task's transactional id it fences that task.
 */
export class BulkTransaction {
  readonly #producer: Producer;
  #connected = false;

  constructor(kafka: Kafka, transactionalId: string, transactionTimeout = 60_000) {
    this.#producer = kafka.producer({
      transactionalId,
      transactionTimeout,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry,
    });
  }

  /** Fences every earlier producer of this id and finishes what it left pending; see `TransactionalProducer.fence`. */
  async fence(): Promise<void> {
    await (await this.#begin()).abort();
  }

  /** @param offsets committed for the group in the same transaction */
  async write(
    records: Iterable<TimedRecord> | AsyncIterable<TimedRecord>,
    offsets?: { readonly groupId: string; readonly offsets: readonly CommittedOffset[] },
  ): Promise<number> {
    const transaction = await this.#begin();
    let count = 0;
    try {
      let piece: TimedRecord[] = [];
      let bytes = 0;
      for await (const record of records) {
        piece.push(record);
        count += 1;
        bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0) + 100;
        if (bytes < pieceBytes) continue;
        await send(transaction, piece);
        piece = [];
        bytes = 0;
      }
      await send(transaction, piece);
      if (offsets) {
        await transaction.sendOffsets({
          consumerGroupId: offsets.groupId,
          topics: offsets.offsets.map(({ topic, partition, offset, metadata }) => ({
            topic,
            partitions: [{ partition, offset: String(offset), metadata: metadata ?? "" }],
          })),
        });
      }
      await this.beforeCommit();
    } catch (error) {
      // After a broker-side time-out the producer is stuck and this throws too; the first fault is the one that tells.
      await transaction.abort().catch(() => undefined);
      throw error;
    }
    await transaction.commit();
    return count;
  }

  /** Between the last write and the commit: where tests strike. */
  protected async beforeCommit(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#connected) await this.#producer.disconnect();
  }

  async #begin(): Promise<Transaction> {
    if (!this.#connected) await this.#producer.connect();
    this.#connected = true;
    return this.#producer.transaction();
  }
}

async function send(transaction: Transaction, records: readonly TimedRecord[]): Promise<void> {
  if (records.length === 0) return;
  const topics = new Map<string, object[]>();
  for (const { topic, partition, key, value, headers, timestamp } of records) {
    const messages = topics.get(topic) ?? [];
    topics.set(topic, messages);
    messages.push({
      partition,
      key,
      value,
      ...(headers && { headers }),
      ...(timestamp !== undefined && { timestamp: String(timestamp) }),
    });
  }
  const topicMessages = [...topics].map(([topic, messages]) => ({ topic, messages })) as Parameters<
    Transaction["sendBatch"]
  >[0]["topicMessages"];
  await transaction.sendBatch({ acks: -1, ...(topicMessages && { topicMessages }) });
}
