/**
 * The hop as one writes it without transactions: `eachBatch` sends the outputs and then commits the offsets. The same
 * decoding, operator, encoding and batch limit; all partitions at once, as the tasks of a stage are.
 */
import { openCodecs, createSchemaRegistry } from "../../../pipelines/runtime/codec.js";
import { maxWaitTimeInMs, retry } from "../../../pipelines/runtime/kafka/client.js";
import { topicRecord } from "../../../pipelines/runtime/topic-record.js";
import { PlainProducer } from "../../../pipelines/runtime/kafka/producers.js";
import type { NewRecord } from "../../../pipelines/runtime/kafka/types.js";
import { namesUnder } from "../../../pipelines/runtime/names.js";
import type { RunnerOptions } from "../../../pipelines/runtime/stage/runner.js";
import { pass, type hopStage } from "./hop-stage.js";
import { lineageHeaders } from "../../../schemas/headers.js";

type Options = Pick<RunnerOptions, "config" | "kafka"> & { readonly onCommit: (records: number) => void };

export async function runAtLeastOnce(stage: ReturnType<typeof hopStage>, { config, kafka, onCommit }: Options) {
  const names = namesUnder(config.topicPrefix);
  const codecs = await openCodecs(createSchemaRegistry(config), ["news.sentiment", "features"], names.topic);
  const limit = config.batchRecords ?? stage.batch.records;
  const producer = new PlainProducer(kafka);
  const consumer = kafka.consumer({
    groupId: names.group(stage.name),
    sessionTimeout: config.sessionTimeoutMs,
    maxWaitTimeInMs,
    maxBytesPerPartition: 1024 * 1024,
    maxBytes: 8 * 1024 * 1024,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    retry,
  });

  const toOutput = (topic: string, partition: number, offset: string, value: Buffer | null): NewRecord => {
    const output = pass(codecs["news.sentiment"].decode(value));
    const encoding = { name: "features", names, partitions: config.partitions, codec: codecs.features } as const;
    return topicRecord(encoding, output, { [lineageHeaders.trigger]: `${topic}/${partition}/${offset}` });
  };

  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.connect();
  await consumer.subscribe({ topic: names.topic("news.sentiment"), fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: config.partitions,
    eachBatch: async (payload) => {
      const { topic, partition, messages } = payload.batch;
      for (let start = 0; start < messages.length && payload.isRunning() && !payload.isStale(); start += limit) {
        const chunk = messages.slice(start, start + limit);
        const last = chunk.at(-1)?.offset ?? "0";
        await producer.send(chunk.map(({ offset, value }) => toOutput(topic, partition, offset, value)));
        await consumer.commitOffsets([{ topic, partition, offset: String(Number(last) + 1) }]);
        payload.resolveOffset(last);
        onCommit(chunk.length);
        await payload.heartbeat();
      }
    },
  });
  await joined;
  return {
    stop: async (): Promise<void> => {
      await consumer.stop();
      await consumer.disconnect();
      await producer.close();
    },
  };
}
