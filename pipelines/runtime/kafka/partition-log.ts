/**
 * Reads single partitions from one offset to another without a consumer group: what operations (rebuild, repartition,
 * doctor, replay) need and KafkaJS does not offer.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "./client.js";
import { Brokers, UnansweredError } from "./cluster/brokers.js";
import { BrokerFault } from "./cluster/internals.js";
import { listOffsets, passingWhenReading } from "./cluster/offsets.js";
import { persist } from "./cluster/persist.js";
import { requests, type FetchedPartition } from "./cluster/requests.js";
import { UserError } from "../errors.js";
import { toStoredRecord } from "./group-consumer.js";
import type { StoredRecord } from "./types.js";
import { withoutAborted } from "./wire/aborted-transactions.js";

export interface PartitionBounds {
  readonly partition: number;
  /** First offset still held. */
  readonly low: number;
  /** Last stable offset: no transaction is open below it. */
  readonly stable: number;
  /** End of the log, open transactions included. */
  readonly high: number;
}

/** How long one fetch is tried, and how long a broker may lack what is below the bounds that were requested before. */
const fetchWithinMs = 30_000;
/** Several of the largest batches that a broker takes. */
const mostBytes = 4 << 20;
const catchUpWithinMs = 60_000;
/** Longer than the broker leaves an abandoned transaction open. */
const settledWithinMs = 90_000;

export class PartitionLog {
  readonly #brokers: Brokers;

  constructor(kafka: Kafka, brokers = new Brokers(kafka)) {
    this.#brokers = brokers;
  }

  /** Bounds of every partition, in their order. */
  async bounds(topic: string): Promise<PartitionBounds[]> {
    // In this order, so that what arrives meanwhile cannot turn the bounds around.
    const low = await listOffsets(this.#brokers, topic, "low");
    const stable = await listOffsets(this.#brokers, topic, "stable");
    const high = await listOffsets(this.#brokers, topic, "high");
    return [...low.keys()]
      .sort((a, b) => a - b)
      .map((partition) => ({
        partition,
        low: low.get(partition) ?? 0,
        stable: stable.get(partition) ?? 0,
        high: high.get(partition) ?? 0,
      }));
  }

  /**
   * Bounds once no transaction is open: the markers of one that was just committed may still be on their way, and until
   * they have arrived its records are not stable.
   *
   * @throws UserError when a transaction stays open
   */
  async settledBounds(topic: string): Promise<PartitionBounds[]> {
    const deadline = Date.now() + settledWithinMs;
    for (;;) {
      const bounds = await this.bounds(topic);
      const open = bounds.find(({ stable, high }) => stable < high);
      if (!open) return bounds;
      if (Date.now() > deadline) {
        throw new UserError(
          `A transaction is open on ${topic}/${open.partition} since offset ${open.stable}`,
          "Something still writes to the topic: stop it, then run the command again.",
        );
      }
      await sleep(50);
    }
  }

  /**
   * The records from `from` up to, but without, `to`, in portions. Control records and records of aborted transactions are
   * left out.
   *
   * @param options.uncommitted show records of open transactions too
   * @param options.fetchBytes about how much is requested at once; a broker gives one batch at least
   * @throws Error when the broker does not hold all records below `to` within a minute
   */
  async *read(
    topic: string,
    partition: number,
    from: number,
    to: number,
    options: { uncommitted?: boolean; fetchBytes?: number } = {},
  ): AsyncGenerator<StoredRecord[]> {
    let next = from;
    let deadline = performance.now() + catchUpWithinMs;
    while (next < to) {
      const fetched = await this.#fetch(topic, partition, next, options);
      const raw = fetched.messages.filter(({ offset }) => Number(offset) >= next);
      const last = raw.at(-1);
      if (!last && fetched.messages.length > 0) {
        // What the cleaner has left of a batch ends before the requested offset, which belongs to it all the same.
        next += 1;
        continue;
      }
      if (!last) {
        const reach = Number(options.uncommitted ? fetched.highWatermark : fetched.lastStableOffset);
        // Compaction leaves holes, the last one up to the end of the log.
        if (reach >= to) return;
        // A new leader does not know at once how far the replicas are, and one that was frozen has the state of before.
        if (performance.now() > deadline)
          throw new Error(`${topic}/${partition} was read to ${reach} only, and reaches to ${to} by its bounds`);
        await this.#brokers.refresh([topic]).catch(() => undefined);
        continue;
      }
      deadline = performance.now() + catchUpWithinMs;
      const visible = options.uncommitted ? raw : withoutAborted({ ...fetched, messages: raw });
      const records = visible
        .filter(({ isControlRecord, offset }) => !isControlRecord && Number(offset) < to)
        .map((message) => toStoredRecord(topic, partition, message));
      next = Number(last.offset) + 1;
      if (records.length > 0) yield records;
    }
  }

  /** Request numbers with the highest version that a broker supports. */
  async versions(): Promise<ReadonlyMap<number, number>> {
    return this.#brokers.versions();
  }

  async close(): Promise<void> {
    this.#brokers.close();
  }

  #fetch(
    topic: string,
    partition: number,
    fetchOffset: number,
    { uncommitted = false, fetchBytes = mostBytes }: { uncommitted?: boolean; fetchBytes?: number },
  ): Promise<FetchedPartition> {
    let isFirst = true;
    return persist(
      async () => {
        if (!isFirst || this.#brokers.leaderOf({ topic, partition }) === undefined)
          await this.#brokers.refresh([topic]);
        isFirst = false;
        const leader = this.#brokers.leaderOf({ topic, partition });
        if (leader === undefined) throw new BrokerFault(5, `${topic}/${partition}`);
        const { responses } = await this.#brokers.ask(leader, requests.fetch, {
          maxWaitTime: 500,
          minBytes: 1,
          maxBytes: fetchBytes,
          isolationLevel: uncommitted ? 0 : 1,
          topics: [{ topic, partitions: [{ partition, fetchOffset: String(fetchOffset), maxBytes: fetchBytes }] }],
        });
        const fetched = responses[0]?.partitions[0];
        if (!fetched) throw new Error(`the broker has not answered for ${topic}/${partition}`);
        if (fetched.errorCode !== 0)
          throw new BrokerFault(fetched.errorCode, `${topic}/${partition} at ${fetchOffset}`);
        return fetched;
      },
      (error) =>
        error instanceof UnansweredError || (error instanceof BrokerFault && passingWhenReading.has(error.code)),
      fetchWithinMs,
    );
  }
}
