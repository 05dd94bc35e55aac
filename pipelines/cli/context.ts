import { join } from "node:path";
import { stackStatus, startStack } from "../../deploy/local/stack.js";
import { readConfig, type PipelineConfig } from "../config.js";
import type { Config } from "../runtime/config.js";
import { messageOf, UserError } from "../runtime/errors.js";
import { ClusterAdmin } from "../runtime/kafka/admin.js";
import { refusalOf } from "../runtime/kafka/errors.js";
import { createKafka, retry, type Kafka } from "../runtime/kafka/client.js";
import { createLogger, type Logger } from "../runtime/logger.js";
import { namesUnder, type Names } from "../runtime/names.js";

/** What every command works with. */
export interface Context {
  readonly config: PipelineConfig;
  readonly logger: Logger;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly names: Names;
  close(): Promise<void>;
}

/** Prints one line for people, on standard error: standard output is for what a command was asked for. */
export const say = (line = ""): void => void process.stderr.write(`${line}\n`);

/** Where the local stack keeps its data; downloads are shared by all stacks of the clone. */
export const stackDirectory = (config: Config): string => join(config.dataDirectory, "stack");
export const downloadDirectory = (config: Config): string => join(config.dataDirectory, "cache");

export interface ContextOptions {
  /** Start the local stack where it does not run; otherwise that is an error. */
  readonly start?: boolean;
  readonly logLevel?: string;
  /** Wait for a broker that is away, as a process does that is to run for long; otherwise that is an error at once. */
  readonly patient?: boolean;
}

/**
 * The addresses come from the environment; the local stack gives those that it does not name.
 *
 * @throws UserError when there is no stack, or no broker answers
 */
export async function openContext(options: ContextOptions = {}): Promise<Context> {
  const first = readConfig();
  const { external } = first;
  const isComplete = external.kafkaBrokers && external.schemaRegistryUrl && external.databaseUrl;
  if (!isComplete && !options.start) {
    const running = await stackStatus(stackDirectory(first));
    if (running.length === 0 || running.some(({ healthy }) => !healthy)) {
      throw new UserError(
        "The local stack does not run, and the environment names no other",
        "Run `newstape up`, or set KAFKA_BROKERS, SCHEMA_REGISTRY_URL and DATABASE_URL.",
      );
    }
  }
  const endpoints = await startStack({
    dataDirectory: stackDirectory(first),
    cacheDirectory: downloadDirectory(first),
    external: { ...external },
    java: first.java,
    onProgress: (line) => options.start && say(`  ${line}`),
  });
  const config = readConfig(undefined, endpoints);
  if (!options.patient) await refuseAbsentBroker(config);
  const logger = createLogger(options.logLevel ?? config.logLevel);
  const kafka = createKafka(config, logger, "newstape");
  const admin = new ClusterAdmin(kafka);
  return { config, logger, kafka, admin, names: namesUnder(config.topicPrefix), close: () => admin.close() };
}

/** One try: the clients that work go on trying for a minute. */
async function refuseAbsentBroker(config: Config): Promise<void> {
  const admin = new ClusterAdmin(createKafka(config, createLogger("silent"), "newstape", { ...retry, retries: 2 }));
  try {
    await admin.listTopics();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal) throw refusal;
    const isLocal = config.external.kafkaBrokers === undefined;
    throw new UserError(
      `Kafka does not answer at ${config.kafka.brokers.join(", ")}: ${messageOf(error)}`,
      isLocal
        ? "Run `newstape doctor`, or restart the local stack: `newstape down`, `newstape up`."
        : "Check KAFKA_BROKERS and the KAFKA_TLS and KAFKA_SASL variables; `newstape doctor` looks further.",
      { cause: error },
    );
  } finally {
    await admin.close().catch(() => undefined);
  }
}
