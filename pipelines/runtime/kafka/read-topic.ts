import { randomUUID } from "node:crypto";
import type { Batch, Consumer, Kafka } from "kafkajs";
import { maxWaitTimeInMs, metadataMaxAge } from "./client.js";
import { toStoredRecord } from "./group-consumer.js";
import { ReadPlaces } from "./read-places.js";
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

export interface ReadTopicOptions {
  /** "end": new records only. Default: "beginning". */
  readonly from?: "beginning" | "end";
  readonly groupPrefix: string;
}

/**
 * Reads a whole topic, then goes on with what arrives. KafkaJS has no manual assignment, so this uses a throwaway group
 * that is deleted afterwards, in the name of `newstape.reader.`: who reads needs a right to such groups.
 */
export async function readTopic(
  kafka: Kafka,
  admin: ClusterAdmin,
  topic: string,
  onRecord: (record: StoredRecord) => void,
  { from = "beginning", groupPrefix }: ReadTopicOptions,
): Promise<TopicReader> {
  const groupId = `${groupPrefix}newstape.reader.${randomUUID()}`;
  let isStopped = false;
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs,
    metadataMaxAge,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    retry: restarting(() => isStopped),
  });
  const places = new ReadPlaces(await admin.offsets(topic), from);
  // Counts control records too, which end many a partition.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
    places.reached(payload.partition, Number(payload.lastOffset) + 1),
  );
  const { failed, unwatch } = watchFailures(consumer, () => isStopped);
  const joined = new Promise<void>((resolve) =>
    consumer.on(consumer.events.GROUP_JOIN, () => {
      for (const [partition, offset] of places.next) consumer.seek({ topic, partition, offset: String(offset) });
      resolve();
    }),
  );
  const leave = (): void => {
    isStopped = true;
    unwatch();
  };
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: from === "beginning" });
    await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => handOver(batch, places, onRecord) });
    await Promise.race([joined, failed]);
  } catch (error) {
    leave();
    await consumer.disconnect().catch(() => undefined);
    throw error;
  }
  return {
    caughtUp: Promise.race([places.caughtUp, failed]),
    failed,
    stop: async () => {
      leave();
      await consumer.stop();
      await consumer.disconnect();
      // A group that is not yet empty on the broker's side expires by itself.
      await admin.deleteGroup(groupId).catch(() => undefined);
    },
  };
}

function handOver(batch: Batch, places: ReadPlaces, onRecord: (record: StoredRecord) => void): void {
  for (const message of batch.messages) {
    if (places.take(batch.partition, Number(message.offset)))
      onRecord(toStoredRecord(batch.topic, batch.partition, message));
  }
}

/** @returns `failed`, which rejects once the consumer has given up for good */
function watchFailures(
  consumer: Consumer,
  isStopped: () => boolean,
): { readonly failed: Promise<never>; readonly unwatch: () => void } {
  let unwatch = (): void => undefined;
  const failed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart && !isStopped()) reject(payload.error);
    });
    unwatch = watchSigns(consumer, reject);
  });
  failed.catch(() => undefined);
  return { failed, unwatch };
}
