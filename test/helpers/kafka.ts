/** Real Kafka and registry for tests: every test works under a prefix of its own, and removes what it made. */
import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { topics, type TopicName, type TopicRecords } from "../../schemas/topics.js";
import { createSchemaRegistry, RecordCodec, subjectOf } from "../../pipelines/runtime/codec.js";
import { readConfig, type PipelineConfig } from "../../pipelines/config.js";
import { ClusterAdmin } from "../../pipelines/runtime/kafka/admin.js";
import { createKafka, type Kafka } from "../../pipelines/runtime/kafka/client.js";
import { partitionOf } from "../../pipelines/runtime/kafka/partition-of.js";
import { PlainProducer } from "../../pipelines/runtime/kafka/producers.js";
import { readTopic } from "../../pipelines/runtime/kafka/read-topic.js";
import type { Headers, StoredRecord } from "../../pipelines/runtime/kafka/types.js";
import { createLogger, type Logger } from "../../pipelines/runtime/logger.js";
import { namesUnder, type Names } from "../../pipelines/runtime/names.js";
import type { AnyStage } from "../../pipelines/runtime/stage/definition.js";
import { applyPlan } from "../../pipelines/operations/topics/apply.js";
import { desiredTopics, planTopics } from "../../pipelines/operations/topics/plan.js";
import { SubjectClient } from "../../pipelines/operations/topics/subjects.js";

export interface TestCluster {
  readonly config: PipelineConfig;
  /** The environment of a child process that is to work under the same prefix. */
  readonly environment: NodeJS.ProcessEnv;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly names: Names;
  readonly logger: Logger;
  codec<Name extends TopicName>(name: Name): Promise<RecordCodec<TopicRecords[Name]>>;
  stateCodec<State>(stage: AnyStage): Promise<RecordCodec<State>>;
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
  const prefix = `t${randomBytes(4).toString("hex")}.`;
  const environment = {
    ...process.env,
    NEWSTAPE_TOPIC_PREFIX: prefix,
    NEWSTAPE_LOG_LEVEL: process.env.NEWSTAPE_LOG_LEVEL ?? "silent",
    ...overrides,
  };
  const config = readConfig(environment);
  const logger = createLogger(config.logLevel);
  const kafka = createKafka(config, logger, "test");
  const admin = new ClusterAdmin(kafka);
  const producer = new PlainProducer(kafka);
  const subjects = new SubjectClient(config);
  const names = namesUnder(prefix);
  const registry = createSchemaRegistry(config);
  const desired = desiredTopics(config, stages);
  t.after(async () => {
    await producer.close();
    await admin.deleteTopics(desired.map(({ name }) => name));
    await admin.close();
  });
  await applyPlan(await planTopics(desired, admin, subjects), admin, subjects);

  const codec = <Name extends TopicName>(name: Name) =>
    RecordCodec.open<TopicRecords[Name]>(registry, subjectOf(names.topic(name)), topics[name].schemaFile);
  return {
    config,
    environment,
    kafka,
    admin,
    names,
    logger,
    codec,
    stateCodec: <State>(stage: AnyStage) =>
      RecordCodec.open<State>(registry, subjectOf(names.changelog(stage.name)), stage.stateSchema ?? ""),
    async publish(name, records, headers) {
      const encoder = await codec(name);
      const { keyOf } = topics[name];
      for (let start = 0; start < records.length; start += 500) {
        await producer.send(
          records.slice(start, start + 500).map((record) => ({
            topic: names.topic(name),
            partition: partitionOf(keyOf(record), config.partitions),
            key: keyOf(record),
            value: encoder.encode(record),
            ...(headers && { headers }),
          })),
        );
      }
    },
    publishRaw: (name, key, value) =>
      producer.send([{ topic: names.topic(name), partition: partitionOf(key, config.partitions), key, value }]),
    async readAll(topic) {
      const records: StoredRecord[] = [];
      const reader = await readTopic(kafka, admin, topic, (record) => records.push(record), { groupPrefix: prefix });
      await reader.caughtUp;
      await reader.stop();
      return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
    },
  };
}
