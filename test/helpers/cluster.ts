/** Broker and registry as tests and benchmarks use them: under a prefix of its own, and removed afterwards. */
import { randomBytes } from "node:crypto";
import { applyPlan } from "../../pipelines/operations/topics/apply.js";
import { desiredTopics, planTopics } from "../../pipelines/operations/topics/plan.js";
import { SubjectClient } from "../../pipelines/operations/topics/subjects.js";
import { createSchemaRegistry, RecordCodec, subjectOf } from "../../pipelines/runtime/codec.js";
import { readConfig, type PipelineConfig } from "../../pipelines/config.js";
import { ClusterAdmin } from "../../pipelines/runtime/kafka/admin.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { createKafka, type Kafka } from "../../pipelines/runtime/kafka/client.js";
import { faultType } from "../../pipelines/runtime/kafka/errors.js";
import { createLogger, type Logger } from "../../pipelines/runtime/logger.js";
import { namesUnder, type Names } from "../../pipelines/runtime/names.js";
import { retrying } from "../../pipelines/runtime/retry.js";
import type { AnyStage } from "../../pipelines/runtime/stage/definition.js";
import type { Part } from "../../pipelines/stages/part.js";
import { partsOf } from "../../pipelines/stages/parts.js";
import { topics, type TopicName, type TopicRecords } from "../../schemas/topics.js";

/** Registers what is to be undone at the end. */
export interface CleanUp {
  readonly after: (undo: () => Promise<unknown>) => void;
}

export interface Cluster {
  readonly config: PipelineConfig;
  /** The environment of a child process that is to work under the same prefix. */
  readonly environment: NodeJS.ProcessEnv;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly log: PartitionLog;
  readonly names: Names;
  readonly logger: Logger;
  /** Of the stages that it was made for, and what stands around them. */
  readonly parts: readonly Part[];
  /** Of the topics that were made. */
  readonly topicNames: readonly string[];
  codec<Name extends TopicName>(name: Name): Promise<RecordCodec<TopicRecords[Name]>>;
  stateCodec<State>(stage: AnyStage): Promise<RecordCodec<State>>;
}

export interface ClusterOptions {
  readonly clientId: string;
  /** All topics of the catalogue are made, and those of these stages, with their schemas. */
  readonly stages: readonly AnyStage[];
  /** Environment variables, e.g. of a cluster of brokers instead of the stack's one. */
  readonly overrides: NodeJS.ProcessEnv;
}

export async function openCluster(cleanUp: CleanUp, { clientId, stages, overrides }: ClusterOptions): Promise<Cluster> {
  const prefix = `${clientId.charAt(0)}${randomBytes(4).toString("hex")}.`;
  const environment = { NEWSTAPE_LOG_LEVEL: "silent", ...process.env, NEWSTAPE_TOPIC_PREFIX: prefix, ...overrides };
  const config = readConfig(environment);
  const logger = createLogger(config.logLevel);
  const kafka = createKafka(config, logger, clientId);
  const admin = new ClusterAdmin(kafka);
  const log = new PartitionLog(kafka);
  const subjects = new SubjectClient(config);
  const names = namesUnder(config.topicPrefix);
  const registry = createSchemaRegistry(config);
  const parts = partsOf(stages);
  const desired = desiredTopics(config, parts);
  cleanUp.after(async () => {
    await admin.deleteTopics(desired.map(({ name }) => name));
    await admin.close();
    await log.close();
  });
  await retrying(async () => applyPlan(await planTopics(desired, admin, subjects), admin, subjects), {
    backoff: { firstMs: 200, mostMs: 200 },
    isPassing: (error, failures) => isNew(error) && failures < 50,
  });
  return {
    config,
    environment,
    kafka,
    admin,
    log,
    names,
    logger,
    parts,
    topicNames: desired.map(({ name }) => name),
    codec: (name) => RecordCodec.open(registry, subjectOf(names.topic(name)), topics[name].schemaFile),
    stateCodec: (stage) => RecordCodec.open(registry, subjectOf(names.changelog(stage.name)), stage.stateSchema ?? ""),
  };
}

/** On a busy machine the broker may not know a topic yet that it has just created, or who leads it. */
const isNew = (error: unknown): boolean =>
  ["UNKNOWN_TOPIC_OR_PARTITION", "NOT_LEADER_FOR_PARTITION"].includes(faultType(error) ?? "");
