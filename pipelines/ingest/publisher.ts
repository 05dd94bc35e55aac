import type { Bar, NewsArticle } from "../../schemas/generated/types.js";
import { traceHeader } from "../../schemas/headers.js";
import type { TopicRecords } from "../../schemas/topics.js";
import { createSchemaRegistry, openCodecs, type RecordCodec } from "../runtime/codec.js";
import type { Config } from "../runtime/config.js";
import type { Kafka } from "../runtime/kafka/client.js";
import { PlainProducer } from "../runtime/kafka/producers.js";
import type { NewRecord } from "../runtime/kafka/types.js";
import { namesUnder } from "../runtime/names.js";
import { topicRecord } from "../runtime/topic-record.js";
import { traceparentOf } from "../runtime/trace.js";

/** What goes out together: one request, as long as it is not too large. */
export interface Burst {
  readonly news?: readonly NewsArticle[];
  readonly bars?: readonly Bar[];
}

export interface Publisher {
  /** Resolves when all in-sync replicas have the records; those of one key stay in their order. */
  publish(burst: Burst): Promise<void>;
  close(): Promise<void>;
}

/**
 * Publishes to `news.raw` and `market.bars` with an idempotent producer.
 *
 * @throws UserError when the schemas are not registered
 */
export async function openPublisher(config: Config, kafka: Kafka): Promise<Publisher> {
  const names = namesUnder(config.topicPrefix);
  const codecs = await openCodecs(createSchemaRegistry(config), ["news.raw", "market.bars"], names.topic);
  const producer = new PlainProducer(kafka);

  const recordOf = <Name extends keyof typeof codecs>(name: Name, record: TopicRecords[Name]): NewRecord => {
    const codec = codecs[name] as RecordCodec<TopicRecords[Name]>;
    const headers = { [traceHeader]: traceparentOf(record.id) };
    return topicRecord({ name, names, partitions: config.partitions, codec }, record, headers);
  };

  return {
    async publish({ news = [], bars = [] }) {
      await producer.send([
        ...news.map((article) => recordOf("news.raw", article)),
        ...bars.map((bar) => recordOf("market.bars", bar)),
      ]);
    },
    close: () => producer.close(),
  };
}
