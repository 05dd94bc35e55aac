import { setTimeout as sleep } from "node:timers/promises";
import { BulkTransaction } from "../../../pipelines/runtime/kafka/bulk-transaction.js";
import type { ClusterAdmin } from "../../../pipelines/runtime/kafka/admin.js";
import type { Kafka } from "../../../pipelines/runtime/kafka/client.js";
import { TransactionalProducer } from "../../../pipelines/runtime/kafka/producers.js";
import type { CommittedOffset, NewRecord } from "../../../pipelines/runtime/kafka/types.js";
import type { Load } from "./load.js";
import { numbered } from "./numbers.js";

interface Fenced {
  fence(): Promise<void>;
  /** In one transaction with the offset. */
  write(records: Iterable<NewRecord>, group: string, offset: CommittedOffset): Promise<unknown>;
  close(): Promise<void>;
}

const closePatienceMs = 10_000;

/**
 * Batches of numbers, each in one transaction with the offset that it reaches. After any fault it starts over as a stage's task does: another
 * producer, which fences the one before; then the committed offset shows where to go on.
 */
function fenced(open: (kafka: Kafka, id: string) => Fenced): Load {
  return async (context, index) => {
    const { settings, kafka, admin } = context;
    const { topic, batch, bytes, pauseMs } = settings;
    const writer = `${topic}.${index}`;
    for (;;) {
      const producer = open(kafka, writer);
      try {
        await producer.fence();
        let next = await committed(admin, writer, topic);
        for (; !context.isOver(next); context.progress(writer, next)) {
          const records = numbered({ topic, writer, from: next, count: batch, bytes });
          await producer.write(records, writer, { topic, partition: 0, offset: next + batch });
          next += batch;
          await sleep(pauseMs);
        }
        await producer.close();
        return { writer, numbers: next, uncertain: [] };
      } catch (error) {
        context.failed(writer, error);
        if (!(await closes(producer))) context.failed(writer, new Error("close() of the failed producer hangs"));
        await sleep(200);
      }
    }
  };
}

async function committed(admin: ClusterAdmin, group: string, topic: string): Promise<number> {
  const [commit] = await admin.committed(group, [topic]);
  return commit?.offset ?? 0;
}

/** One that hangs is left behind: the next one fences it. */
async function closes(producer: Fenced): Promise<boolean> {
  const closed = producer.close().then(
    () => true,
    () => true,
  );
  return Promise.race([closed, sleep(closePatienceMs, false, { ref: false })]);
}

export const transactional = fenced((kafka, id) => {
  const producer = new TransactionalProducer(kafka, id);
  return {
    fence: () => producer.fence(),
    write: (records, group, offset) => producer.commit([...records], group, [offset]),
    close: () => producer.close(),
  };
});

/** The batches are of several requests each. */
export const bulk = fenced((kafka, id) => {
  const producer = new BulkTransaction(kafka, id);
  return {
    fence: () => producer.fence(),
    write: (records, groupId, offset) => producer.write(records, { groupId, offsets: [offset] }),
    close: () => producer.close(),
  };
});
