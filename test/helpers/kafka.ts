/** Real Kafka and registry for tests: every test works under a prefix of its own, and removes what it made. */
import type { TestContext } from "node:test";
import { partitionOf } from "../../pipelines/runtime/kafka/partition-of.js";
import { PlainProducer } from "../../pipelines/runtime/kafka/producers.js";
import { readTopic } from "../../pipelines/runtime/kafka/read-topic.js";
import type { Headers, StoredRecord } from "../../pipelines/runtime/kafka/types.js";
import type { AnyStage } from "../../pipelines/runtime/stage/definition.js";
import { topicRecord } from "../../pipelines/runtime/topic-record.js";
import type { TopicName, TopicRecords } from "../../schemas/topics.js";
import { openCluster, type Cluster } from "./cluster.js";

export interface TestCluster extends Cluster {
  /** Publishes records as ingest would: idempotent, keyed, in the given order. */
  publish<Name extends TopicName>(name: Name, records: readonly TopicRecords[Name][], headers?: Headers): Promise<void>;
  /** Bytes as they are, for what no codec would write. */
  publishRaw(name: TopicName, key: string, value: Buffer): Promise<void>;
  /** Everything visible under read_committed, in the order of the partitions. */
  readAll(topic: string): Promise<StoredRecord[]>;
}

/** @param overrides environment variables, e.g. `{ NEWSTAPE_BATCH_RECORDS: "7" }` */
export async function createTestCluster(
  t: TestContext,
  stages: readonly AnyStage[],
  overrides: NodeJS.ProcessEnv = {},
): Promise<TestCluster> {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = process.env;
  if (!KAFKA_BROKERS || !SCHEMA_REGISTRY_URL)
    throw new Error("KAFKA_BROKERS and SCHEMA_REGISTRY_URL must name the test stack: run `npm test`");
  const cluster = await openCluster(t, { clientId: "test", stages, overrides });
  const { config, kafka, admin, names } = cluster;
  const producer = new PlainProducer(kafka);
  t.after(() => producer.close());
  return {
    ...cluster,
    async publish(name, records, headers) {
      const encoding = { name, names, partitions: config.partitions, codec: await cluster.codec(name) };
      for (let start = 0; start < records.length; start += 500) {
        await producer.send(records.slice(start, start + 500).map((record) => topicRecord(encoding, record, headers)));
      }
    },
    publishRaw: (name, key, value) =>
      producer.send([{ topic: names.topic(name), partition: partitionOf(key, config.partitions), key, value }]),
    async readAll(topic) {
      const records: StoredRecord[] = [];
      const reader = await readTopic(kafka, admin, topic, (record) => records.push(record), {
        groupPrefix: config.topicPrefix,
      });
      await reader.caughtUp;
      await reader.stop();
      return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
    },
  };
}
