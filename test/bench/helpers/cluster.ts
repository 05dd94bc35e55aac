/** The helpers of the tests, for a program that is none. */
import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Database } from "../../../pipelines/runtime/database/database.js";
import { migrate } from "../../../pipelines/runtime/database/migrate.js";
import { partitionOf } from "../../../pipelines/runtime/kafka/partition-of.js";
import { PlainProducer } from "../../../pipelines/runtime/kafka/producers.js";
import type { AnyStage } from "../../../pipelines/runtime/stage/definition.js";
import { topicNames, topics, type TopicName, type TopicRecords } from "../../../schemas/topics.js";
import { createTestCluster, type TestCluster } from "../../helpers/kafka.js";

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

/** Topics and schemas under a prefix of their own. */
export async function createCluster(
  cleanUp: CleanUp,
  stages: readonly AnyStage[] = [],
  overrides: NodeJS.ProcessEnv = {},
): Promise<TestCluster> {
  // All that it asks of a test is to clean up.
  const cluster = await createTestCluster({ after: cleanUp.after } as unknown as TestContext, stages, overrides);
  for (const topic of topicNames) await untilLed(cluster, cluster.names.topic(topic));
  return cluster;
}

/** A partition just created may have no leader yet that knows of it. */
async function untilLed({ admin }: TestCluster, topic: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await admin.offsets(topic);
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(50);
    }
  }
}

/** Sends records of one topic over one connection, with the codec opened once: what is timed is not to include it. */
export async function openPublisher<Name extends TopicName>(
  cleanUp: CleanUp,
  cluster: TestCluster,
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
