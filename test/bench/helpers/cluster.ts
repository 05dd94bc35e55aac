/** Broker, registry and database as a benchmark uses them: under a prefix of its own, and removed afterwards. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createSchemaRegistry, RecordCodec, subjectOf } from "../../../pipelines/runtime/codec.js";
import { readConfig, type PipelineConfig } from "../../../pipelines/config.js";
import { Database } from "../../../pipelines/runtime/database/database.js";
import { migrate } from "../../../pipelines/runtime/database/migrate.js";
import { ClusterAdmin } from "../../../pipelines/runtime/kafka/admin.js";
import { createKafka, type Kafka } from "../../../pipelines/runtime/kafka/client.js";
import { faultType } from "../../../pipelines/runtime/kafka/errors.js";
import { partitionOf } from "../../../pipelines/runtime/kafka/partition-of.js";
import { PlainProducer } from "../../../pipelines/runtime/kafka/producers.js";
import { createLogger, type Logger } from "../../../pipelines/runtime/logger.js";
import { namesUnder, type Names } from "../../../pipelines/runtime/names.js";
import type { AnyStage } from "../../../pipelines/runtime/stage/definition.js";
import { applyPlan } from "../../../pipelines/operations/topics/apply.js";
import { desiredTopics, planTopics } from "../../../pipelines/operations/topics/plan.js";
import { SubjectClient } from "../../../pipelines/operations/topics/subjects.js";
import { topics, type TopicName, type TopicRecords } from "../../../schemas/topics.js";

/** Registers what is to be undone at the end of the run, the last first. */
export interface CleanUp {
  readonly after: (undo: () => Promise<unknown>) => void;
}

export async function withCleanUp<Result>(work: (cleanUp: CleanUp) => Promise<Result>): Promise<Result> {
  const undos: (() => Promise<unknown>)[] = [];
  try {
    return await work({ after: (undo) => void undos.push(undo) });
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

export interface BenchCluster {
  readonly config: PipelineConfig;
  /** The environment of a child process that is to work under the same prefix. */
  readonly environment: NodeJS.ProcessEnv;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly names: Names;
  readonly logger: Logger;
  codec<Name extends TopicName>(name: Name): Promise<RecordCodec<TopicRecords[Name]>>;
}

/**
 * All topics of the catalogue and those of the stages, with their schemas.
 *
 * @param overrides environment variables, e.g. of a cluster of brokers instead of the stack's one
 */
export async function createCluster(
  cleanUp: CleanUp,
  stages: readonly AnyStage[] = [],
  overrides: NodeJS.ProcessEnv = {},
): Promise<BenchCluster> {
  const prefix = `b${randomBytes(4).toString("hex")}.`;
  const environment = { NEWSTAPE_LOG_LEVEL: "silent", ...process.env, ...overrides, NEWSTAPE_TOPIC_PREFIX: prefix };
  const config = readConfig(environment);
  const logger = createLogger(config.logLevel);
  const kafka = createKafka(config, logger, "bench");
  const admin = new ClusterAdmin(kafka);
  cleanUp.after(() => admin.close());
  const subjects = new SubjectClient(config);
  const desired = desiredTopics(config, stages);
  cleanUp.after(() => admin.deleteTopics(desired.map(({ name }) => name)));
  await patiently(async () => applyPlan(await planTopics(desired, admin, subjects), admin, subjects));
  for (const { name } of desired) await patiently(() => admin.offsets(name));
  const names = namesUnder(prefix);
  const registry = createSchemaRegistry(config);
  return {
    config,
    environment,
    kafka,
    admin,
    names,
    logger,
    codec: (name) => RecordCodec.open(registry, subjectOf(names.topic(name)), topics[name].schemaFile),
  };
}

/** On a busy machine the broker may not know a topic yet that it has just created, or who leads it. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const isNew = ["UNKNOWN_TOPIC_OR_PARTITION", "NOT_LEADER_FOR_PARTITION"].includes(faultType(error) ?? "");
      if (!isNew || tries === 50) throw error;
      await sleep(200);
    }
  }
}

/** Sends records of one topic over one connection, with the codec opened once: what is timed is not to include it. */
export async function openPublisher<Name extends TopicName>(
  cleanUp: CleanUp,
  cluster: BenchCluster,
  name: Name,
): Promise<(records: readonly TopicRecords[Name][]) => Promise<void>> {
  const { kafka, config, names } = cluster;
  const encoder = await cluster.codec(name);
  const producer = new PlainProducer(kafka);
  cleanUp.after(() => producer.close());
  const { keyOf } = topics[name];
  return (records) =>
    producer.send(
      records.map((record) => ({
        topic: names.topic(name),
        partition: partitionOf(keyOf(record), config.partitions),
        key: keyOf(record),
        value: encoder.encode(record),
      })),
    );
}

/** A migrated database of its own on the server of DATABASE_URL. */
export async function createDatabase(cleanUp: CleanUp): Promise<{ database: Database; url: string }> {
  const server = process.env.DATABASE_URL;
  if (!server) throw new Error("DATABASE_URL names no server: run `npm run bench -- NAME`");
  const name = `newstape_bench_${randomBytes(4).toString("hex")}`;
  const administration = new Database(server, { connections: 1 });
  cleanUp.after(() => administration.close());
  await administration.query(`CREATE DATABASE ${name}`);
  cleanUp.after(() => administration.query(`DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrate(url.href);
  const database = new Database(url.href, { connections: 2 });
  cleanUp.after(() => database.close());
  return { database, url: url.href };
}
