import { randomUUID } from "node:crypto";
import type { Kafka } from "kafkajs";
import { maxWaitTimeInMs, metadataMaxAge } from "./client.js";
import { toStoredRecord } from "./group-consumer.js";
import { restarting } from "./restarts.js";
import { watchSigns } from "./signs-of-life.js";
import type { ClusterAdmin } from "./admin.js";
import type { StoredRecord } from "./types.js";

export interface TopicReader {
  /** Resolves when everything that lay in the topic at the start has been handed over. */
  readonly caughtUp: Promise<void>;
  /** Rejects when the reader has given up for good: nothing comes any more. Never resolves. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Reads a whole topic, then goes on with what arrives. KafkaJS has no manual assignment, so this uses a throwaway group
 * that is deleted afterwards, in the name of `newstape.reader.`: who reads needs a right to such groups.
 *
 * @param from "beginning", or "end" for new records only
 */
export async function readTopic(
  kafka: Kafka,
  admin: ClusterAdmin,
  topic: string,
  onRecord: (record: StoredRecord) => void,
  options: { from?: "beginning" | "end"; groupPrefix: string },
): Promise<TopicReader> {
  const groupId = `${options.groupPrefix}newstape.reader.${randomUUID()}`;
  let isStopped = false;
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs,
    metadataMaxAge,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    retry: restarting(() => isStopped),
  });
  const fromBeginning = (options.from ?? "beginning") === "beginning";
  const waiting = new Map<number, number>();
  /** Whoever joins again begins where the group began, since it commits nothing; and a broker that was frozen answers old questions. */
  const next = new Map<number, number>();
  for (const { partition, low, end } of await admin.offsets(topic)) {
    next.set(partition, fromBeginning ? low : end);
    if (fromBeginning && end > low) waiting.set(partition, end);
  }
  let resolveCaughtUp = (): void => undefined;
  const caughtUp = new Promise<void>((resolve) => (resolveCaughtUp = resolve));
  if (waiting.size === 0) resolveCaughtUp();
  const reached = (partition: number, nextOffset: number): void => {
    if (nextOffset < (waiting.get(partition) ?? Infinity)) return;
    waiting.delete(partition);
    if (waiting.size === 0) resolveCaughtUp();
  };
  // Counts control records too, which end many a partition.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
    reached(payload.partition, Number(payload.lastOffset) + 1),
  );
  let unwatch = (): void => undefined;
  const failed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart && !isStopped) reject(payload.error);
    });
    unwatch = watchSigns(consumer, reject);
  });
  failed.catch(() => undefined);
  const joined = new Promise<void>((resolve) =>
    consumer.on(consumer.events.GROUP_JOIN, () => {
      for (const [partition, offset] of next) consumer.seek({ topic, partition, offset: String(offset) });
      resolve();
    }),
  );
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) {
          const offset = Number(message.offset);
          if (offset < (next.get(batch.partition) ?? 0)) continue;
          next.set(batch.partition, offset + 1);
          onRecord(toStoredRecord(batch.topic, batch.partition, message));
        }
      },
    });
    await Promise.race([joined, failed]);
  } catch (error) {
    isStopped = true;
    unwatch();
    await consumer.disconnect().catch(() => undefined);
    throw error;
  }
  return {
    caughtUp: Promise.race([caughtUp, failed]),
    failed,
    stop: async () => {
      isStopped = true;
      unwatch();
      await consumer.stop();
      await consumer.disconnect();
      // A group that is not yet empty on the broker's side expires by itself.
      await admin.deleteGroup(groupId).catch(() => undefined);
    },
  };
}
