import { join } from "node:path";
import { stackStatus, startStack } from "../../deploy/local/stack.js";
import { readConfig, type Config } from "../runtime/config.js";
import { UserError } from "../runtime/errors.js";
import { ClusterAdmin } from "../runtime/kafka/admin.js";
import { createKafka, type Kafka } from "../runtime/kafka/client.js";
import { createLogger, type Logger } from "../runtime/logger.js";
import { namesUnder, type Names } from "../runtime/names.js";

/** What every command works with. */
export interface Context {
  readonly config: Config;
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

/**
 * The addresses come from the environment; the local stack gives those that it does not name.
 *
 * @param options.start start the local stack where it does not run; otherwise that is an error
 */
export async function openContext(options: { start?: boolean; logLevel?: string } = {}): Promise<Context> {
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
  const logger = createLogger(options.logLevel ?? config.logLevel);
  const kafka = createKafka(config, logger, "newstape");
  const admin = new ClusterAdmin(kafka);
  return { config, logger, kafka, admin, names: namesUnder(config.topicPrefix), close: () => admin.close() };
}
