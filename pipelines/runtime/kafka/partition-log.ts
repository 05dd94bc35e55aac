/**
 * Reads single partitions from one offset to another without a consumer group: what operations (rebuild, repartition,
 * doctor) need and KafkaJS does not offer. It uses the client's own connections, so that TLS and SASL are those of the
 * configuration; the names of KafkaJS's inside are those of 2.2.4, to which the dependency is pinned.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { UserError } from "../errors.js";
import { faultType } from "./errors.js";
import { toStoredRecord } from "./group-consumer.js";
import type { StoredRecord } from "./types.js";
import { withoutAborted, type AbortedTransaction } from "./wire/aborted-transactions.js";

export interface PartitionBounds {
  readonly partition: number;
  /** First offset still held. */
  readonly low: number;
  /** Last stable offset: no transaction is open below it. */
  readonly stable: number;
  /** End of the log, open transactions included. */
  readonly high: number;
}

type RawMessage = Parameters<typeof toStoredRecord>[2] & {
  readonly isControlRecord?: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
};

interface FetchedPartition {
  readonly partition: number;
  readonly abortedTransactions?: readonly AbortedTransaction[];
  readonly messages: readonly RawMessage[];
}

interface Broker {
  fetch(request: object): Promise<{ responses: { partitions: FetchedPartition[] }[] }>;
  listOffsets(request: object): Promise<{ responses: { partitions: { partition: number; offset: string }[] }[] }>;
  /** Highest version that the broker speaks, by number of the request. */
  readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>> | null;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  findBroker(options: { nodeId: string | number }): Promise<Broker>;
}

const isolation = { uncommitted: 0, committed: 1 } as const;
const latest = -1;
const earliest = -2;

/** Faults that pass when the metadata has been asked for anew. */
const moved = new Set(["NOT_LEADER_FOR_PARTITION", "LEADER_NOT_AVAILABLE", "UNKNOWN_TOPIC_OR_PARTITION"]);

export class PartitionLog {
  readonly #cluster: Cluster;
  #connected: Promise<void> | undefined;
  /** The last fetch from each broker; see `#fetch`. */
  readonly #fetching = new Map<number, Promise<unknown>>();

  constructor(kafka: Kafka) {
    const symbol = Object.getOwnPropertySymbols(kafka).find(
      ({ description }) => description === "private:Kafka:createCluster",
    );
    if (!symbol) throw new Error("this version of KafkaJS has no createCluster");
    const { [symbol]: create } = kafka as unknown as Record<symbol, (options: object) => Cluster>;
    if (!create) throw new Error("this version of KafkaJS has no createCluster");
    this.#cluster = create({ allowAutoTopicCreation: false, metadataMaxAge: 300_000 });
  }

  /** Bounds of every partition, in their order. */
  async bounds(topic: string): Promise<PartitionBounds[]> {
    return this.#withMetadata(topic, async () => {
      const partitions = this.#cluster.findTopicPartitionMetadata(topic);
      return Promise.all(
        [...partitions]
          .sort((a, b) => a.partitionId - b.partitionId)
          .map(async ({ partitionId: partition, leader }): Promise<PartitionBounds> => {
            const broker = await this.#cluster.findBroker({ nodeId: leader });
            const ask = async (isolationLevel: number, timestamp: number): Promise<number> => {
              const { responses } = await broker.listOffsets({
                isolationLevel,
                topics: [{ topic, partitions: [{ partition, timestamp }] }],
              });
              return Number(responses[0]?.partitions[0]?.offset ?? 0);
            };
            // In this order, so that what arrives meanwhile cannot turn the bounds around.
            const low = await ask(isolation.committed, earliest);
            const stable = await ask(isolation.committed, latest);
            return { partition, low, stable, high: await ask(isolation.uncommitted, latest) };
          }),
      );
    });
  }

  /**
   * Bounds once no transaction is open: the markers of one that was just committed may still be on their way, and until
   * they have arrived its records are not stable.
   *
   * @param patience milliseconds; by default longer than the broker leaves an abandoned transaction open
   * @throws UserError when a transaction stays open
   */
  async settledBounds(topic: string, patience = 90_000): Promise<PartitionBounds[]> {
    const deadline = Date.now() + patience;
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
   */
  async *read(
    topic: string,
    partition: number,
    from: number,
    to: number,
    options: { uncommitted?: boolean } = {},
  ): AsyncGenerator<StoredRecord[]> {
    let next = from;
    while (next < to) {
      const fetched = await this.#fetch(topic, partition, next, options.uncommitted ?? false);
      const raw = fetched.messages.filter(({ offset }) => Number(offset) >= next);
      const last = raw.at(-1);
      // Compaction leaves holes, the last one up to the end of the log.
      if (!last) return;
      const visible = options.uncommitted ? raw : withoutAborted({ ...fetched, messages: raw });
      const records = visible
        .filter(({ isControlRecord, offset }) => !isControlRecord && Number(offset) < to)
        .map((message) => toStoredRecord(topic, partition, message));
      next = Number(last.offset) + 1;
      if (records.length > 0) yield records;
    }
  }

  /** Request numbers with the highest version that the first broker speaks. */
  async versions(): Promise<ReadonlyMap<number, number>> {
    await this.#connect();
    const { brokerPool } = this.#cluster as unknown as { brokerPool: { versions: Broker["versions"] } };
    return new Map(Object.entries(brokerPool.versions ?? {}).map(([key, { maxVersion }]) => [Number(key), maxVersion]));
  }

  async close(): Promise<void> {
    if (this.#connected) await this.#cluster.disconnect();
  }

  async #connect(): Promise<void> {
    this.#connected ??= this.#cluster.connect();
    try {
      await this.#connected;
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
  }

  async #withMetadata<Result>(topic: string, action: () => Promise<Result>): Promise<Result> {
    await this.#connect();
    await this.#cluster.addTargetTopic(topic);
    for (let tries = 0; ; tries += 1) {
      try {
        return await action();
      } catch (error) {
        // A topic that was just created has no leader for a moment, on a busy machine for seconds.
        if (tries >= 50 || !moved.has(faultType(error) ?? "")) throw error;
        await sleep(100);
        await this.#cluster.refreshMetadata();
      }
    }
  }

  /**
   * One fetch at a time from each broker: KafkaJS opens a second connection for fetches with the first of them, and two
   * at once open two sockets, of which one is never closed and keeps the process alive.
   */
  #fetch(topic: string, partition: number, fetchOffset: number, uncommitted: boolean): Promise<FetchedPartition> {
    return this.#withMetadata(topic, async () => {
      const found = this.#cluster
        .findTopicPartitionMetadata(topic)
        .find(({ partitionId }) => partitionId === partition);
      if (!found) throw new Error(`${topic} has no partition ${partition}`);
      const broker = await this.#cluster.findBroker({ nodeId: found.leader });
      const { responses } = await this.#inTurn(found.leader, () =>
        broker.fetch({
          maxWaitTime: 500,
          minBytes: 1,
          isolationLevel: uncommitted ? isolation.uncommitted : isolation.committed,
          topics: [{ topic, partitions: [{ partition, fetchOffset: String(fetchOffset), maxBytes: 1 << 20 }] }],
        }),
      );
      return responses[0]?.partitions[0] ?? { partition, messages: [] };
    });
  }

  #inTurn<Result>(broker: number, action: () => Promise<Result>): Promise<Result> {
    const turn = (this.#fetching.get(broker) ?? Promise.resolve()).then(action, action);
    this.#fetching.set(broker, turn);
    return turn;
  }
}
