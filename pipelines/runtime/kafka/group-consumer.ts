import type { Consumer, Kafka, KafkaMessage } from "kafkajs";
import type { Logger } from "../logger.js";
import { coPartitionAssigner, singleTaskAssigner } from "./assignor.js";
import { maxWaitTimeInMs, metadataMaxAge } from "./client.js";
import { onOutOfRange } from "./out-of-range.js";
import { restarting } from "./restarts.js";
import { watchSigns } from "./signs-of-life.js";
import type { CommittedOffset, FetchedBatch, Headers, StoredRecord, TopicPartition } from "./types.js";
import { FetchedMessage } from "./wire/record-batches.js";

export interface GroupConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  /**
   * "each": partition *p* of every topic is a task, and all topics have the same number of them. "all": every partition of
   * every topic is one task, number 0. Default: "each".
   */
  readonly partitions?: "each" | "all";
}

/** None of these may wait: a handler that waits stops all fetching from that broker. */
export interface GroupConsumerHandlers {
  /** Tasks (by number) that this member holds now; called before anything of them is fetched. */
  onAssigned(tasks: readonly number[]): void;
  onBatch(batch: FetchedBatch): void;
  /** The next offset is higher because only control or aborted records came. */
  onSkipped(position: TopicPartition & { readonly nextOffset: number }): void;
  /** What came may be from before the last seek: the consumer must be sought again. */
  onStale(position: TopicPartition): void;
  /** The broker does not hold the offset at which the consumer stands, which goes on asking for it. */
  onOutOfRange(position: TopicPartition): void;
  /** The coordinator has confirmed that this member belongs to the present generation. */
  onHeartbeat(): void;
  /** The consumer has given up for good. */
  onCrash(error: Error): void;
}

/** No fetch is answered later; see `silent-brokers.ts`, with room. */
const fetchWithinMs = 15_000;

/**
 * A member of a consumer group that hands over what it fetches and leaves positions, pausing and committing to the tasks.
 */
export class GroupConsumer {
  readonly #consumer: Consumer;
  readonly #options: GroupConsumerOptions;
  #tasks: readonly number[] = [];
  /** The fetch that is under way from each broker, by its number: a seek takes effect with the next one. */
  readonly #fetches = new Map<number, { readonly serial: number; readonly at: number }>();
  #lastFetch = 0;
  /** Of each partition that was sought: the last fetch before it. */
  readonly #pendingSeeks = new Map<string, number>();
  #started = false;
  #isStopped = false;
  /** False before the first join, and from a stop or a crash until the consumer has joined again: it has no positions then. */
  #isMember = false;

  constructor(kafka: Kafka, options: GroupConsumerOptions, logger: Logger) {
    this.#options = options;
    this.#consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: Math.max(options.sessionTimeoutMs, 10_000),
      heartbeatInterval: Math.max(200, Math.floor(options.sessionTimeoutMs / 6)),
      maxWaitTimeInMs,
      metadataMaxAge,
      maxBytesPerPartition: 1024 * 1024,
      maxBytes: 8 * 1024 * 1024,
      readUncommitted: false,
      allowAutoTopicCreation: false,
      retry: restarting(() => this.#isStopped),
      partitionAssigners: [
        options.partitions === "all" ? singleTaskAssigner(() => this.#tasks) : coPartitionAssigner(() => this.#tasks),
      ],
    });
    this.#logger = logger;
  }
  readonly #logger: Logger;
  readonly #unlisten: (() => void)[] = [];

  async start(handlers: GroupConsumerHandlers): Promise<void> {
    this.#listen(handlers);
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        const { batch } = payload;
        if (payload.isStale()) return;
        const { fetchedOffset } = batch as unknown as { fetchedOffset: string };
        handlers.onBatch({
          topic: batch.topic,
          partition: batch.partition,
          fetchedOffset: Number(fetchedOffset),
          nextOffset: Number(batch.lastOffset()) + 1,
          records: batch.messages.map((message) => toStoredRecord(batch.topic, batch.partition, message)),
        });
        // A seek made by the handler overrides this with the next fetch.
        const last = batch.messages.at(-1);
        if (last) payload.resolveOffset(last.offset);
      },
    });
    this.#started = true;
  }

  #listen(handlers: GroupConsumerHandlers): void {
    const { events } = this.#consumer;
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      // Fetches from other brokers go on through a join.
      this.#pendingSeeks.clear();
      this.#isMember = true;
      const assigned = [...new Set(Object.values(payload.memberAssignment).flat())].sort((a, b) => a - b);
      this.#tasks = this.#options.partitions === "all" ? assigned.slice(0, 1).map(() => 0) : assigned;
      this.#logger.info({ group: payload.groupId, tasks: this.#tasks }, "joined the consumer group");
      handlers.onAssigned(this.#tasks);
    });
    this.#consumer.on(events.STOP, () => (this.#isMember = false));
    this.#consumer.on(events.HEARTBEAT, () => handlers.onHeartbeat());
    this.#consumer.on(events.FETCH_START, ({ payload }) => {
      this.#fetches.set(payload.nodeId, { serial: (this.#lastFetch += 1), at: Date.now() });
    });
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      // KafkaJS has moved on already, and if nothing follows it will not come back by itself.
      if (this.#seekPending(payload)) {
        const key = keyOf(payload);
        const before = this.#pendingSeeks.get(key);
        handlers.onStale({ topic: payload.topic, partition: payload.partition });
        // Sought again to where it stood, in the same turn: the fetches to wait for are those of before the first seek. Were each seek
        // waited for anew, a partition whose broker answers at once would never catch up with brokers that wait for records.
        if (before !== undefined) this.#pendingSeeks.set(key, before);
        return;
      }
      handlers.onSkipped({
        topic: payload.topic,
        partition: payload.partition,
        nextOffset: Number(payload.lastOffset) + 1,
      });
    });
    this.#consumer.on(events.CRASH, ({ payload }) => {
      if (this.#isStopped) return;
      if (!payload.restart) handlers.onCrash(payload.error);
      else this.#logger.warn({ error: payload.error.message }, "the consumer restarts");
    });
    this.#unlisten.push(
      onOutOfRange(this.#options.groupId, (position) => handlers.onOutOfRange(position)),
      watchSigns(this.#consumer, (error) => handlers.onCrash(error)),
    );
  }

  // Without a membership there is nothing to pause, to resume or to seek: the tasks do it anew once they are assigned.

  pause(positions: readonly TopicPartition[]): void {
    if (!this.#isMember) return;
    this.#consumer.pause(positions.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
  }

  resume(positions: readonly TopicPartition[]): void {
    if (!this.#isMember) return;
    this.#consumer.resume(positions.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
  }

  seek({ topic, partition }: TopicPartition, offset: number): void {
    if (!this.#isMember) return;
    this.#pendingSeeks.set(keyOf({ topic, partition }), this.#lastFetch);
    this.#consumer.seek({ topic, partition, offset: String(offset) });
  }

  /** Only for consumers without transactions: landing commits when the database has. */
  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    await this.#consumer.commitOffsets(
      offsets.map(({ topic, partition, offset, metadata }) => ({
        topic,
        partition,
        offset: String(offset),
        ...(metadata !== undefined && { metadata }),
      })),
    );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#unlisten) stop();
    if (this.#started) await this.#consumer.stop();
    await this.#consumer.disconnect();
  }

  /** True until every fetch that began before the seek has been followed by another of the same broker, or must have failed. */
  #seekPending(position: TopicPartition): boolean {
    const key = keyOf(position);
    const before = this.#pendingSeeks.get(key);
    if (before === undefined) return false;
    const horizon = Date.now() - fetchWithinMs;
    for (const { serial, at } of this.#fetches.values()) if (serial <= before && at > horizon) return true;
    this.#pendingSeeks.delete(key);
    return false;
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** A record as KafkaJS gives it; its headers are decoded at their first use, as few are used. */
class ConsumedRecord implements StoredRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  #headers: Headers | undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
    private readonly message: KafkaMessage,
  ) {
    this.offset = Number(message.offset);
    this.timestamp = Number(message.timestamp);
    this.key = message instanceof FetchedMessage ? message.keyText : (message.key?.toString() ?? null);
    this.value = message.value;
  }

  get headers(): Headers {
    return (this.#headers ??=
      this.message instanceof FetchedMessage ? this.message.headerTexts : headerTexts(this.message.headers));
  }
}

export const toStoredRecord = (topic: string, partition: number, message: KafkaMessage): StoredRecord =>
  new ConsumedRecord(topic, partition, message);

function headerTexts(headers: KafkaMessage["headers"] = {}): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) texts[name] = first.toString();
  }
  return texts;
}
