/** Broker, registry and database as a benchmark uses them: under a prefix of its own, and removed afterwards. */
import { randomBytes } from "node:crypto";
import { Database } from "../../../pipelines/runtime/database/database.js";
import { migrate } from "../../../pipelines/runtime/database/migrate.js";
import { PlainProducer } from "../../../pipelines/runtime/kafka/producers.js";
import type { AnyStage } from "../../../pipelines/runtime/stage/definition.js";
import { topicRecord } from "../../../pipelines/runtime/topic-record.js";
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import { openCluster, type CleanUp, type Cluster } from "../../helpers/cluster.js";

/** What is registered to be undone at the end of the run is, the last first. */
export async function withCleanUp<Result>(work: (cleanUp: CleanUp) => Promise<Result>): Promise<Result> {
  const undos: (() => Promise<unknown>)[] = [];
  try {
    return await work({ after: (undo) => void undos.push(undo) });
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

/** @param overrides environment variables, e.g. of a cluster of brokers instead of the stack's one */
export async function createCluster(
  cleanUp: CleanUp,
  stages: readonly AnyStage[] = [],
  overrides: NodeJS.ProcessEnv = {},
): Promise<Cluster> {
  const cluster = await openCluster(cleanUp, { clientId: "bench", stages, overrides });
  for (const name of cluster.topicNames) await cluster.admin.offsets(name);
  return cluster;
}

/** Sends records of one topic over one connection, with the codec opened once: what is timed is not to include it. */
export async function openPublisher<Name extends TopicName>(
  cleanUp: CleanUp,
  cluster: Cluster,
  name: Name,
): Promise<(records: readonly TopicRecords[Name][]) => Promise<void>> {
  const { kafka, config, names } = cluster;
  const encoding = { name, names, partitions: config.partitions, codec: await cluster.codec(name) };
  const producer = new PlainProducer(kafka);
  cleanUp.after(() => producer.close());
  return (records) => producer.send(records.map((record) => topicRecord(encoding, record)));
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
