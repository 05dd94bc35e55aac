import { join } from "node:path";
import { stackStatus, startStack } from "../../deploy/local/stack.js";
import { readConfig, type PipelineConfig } from "../config.js";
import type { Config } from "../runtime/config.js";
import { Database } from "../runtime/database/database.js";
import { messageOf, UserError } from "../runtime/errors.js";
import { ClusterAdmin } from "../runtime/kafka/admin.js";
import { createKafka, retry, type Kafka } from "../runtime/kafka/client.js";
import { hasUnknownAuthority, isCertificateRefused, refusalOf } from "../runtime/kafka/errors.js";
import { PartitionLog } from "../runtime/kafka/partition-log.js";
import { createLogger, type Logger } from "../runtime/logger.js";
import { namesUnder, type Names } from "../runtime/names.js";
import type { Part } from "../stages/part.js";
import { parts } from "../stages/parts.js";

/** What every use case works with. */
export interface Connection {
  readonly config: PipelineConfig;
  readonly logger: Logger;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly log: PartitionLog;
  readonly names: Names;
  readonly parts: readonly Part[];
  close(): Promise<void>;
}

/** Where the local stack keeps its data; downloads are shared by all stacks of the clone. */
export const stackDirectory = (config: Config): string => join(config.dataDirectory, "stack");
export const downloadDirectory = (config: Config): string => join(config.dataDirectory, "cache");

export interface ConnectOptions {
  readonly logLevel?: string;
  /** Wait for a broker that is away, as a process does that is to run for long; otherwise that is an error at once. */
  readonly patient?: boolean;
}

export interface OpenOptions extends ConnectOptions {
  /** Start the local stack where it does not run; otherwise that is an error. */
  readonly start?: boolean;
  /** Called at each step of starting the local stack. */
  readonly onProgress?: (line: string) => void;
}

/**
 * The addresses come from the environment; the local stack gives those that it does not name.
 *
 * @throws UserError when there is no stack, or no broker answers
 */
export async function openConnection(options: OpenOptions = {}): Promise<Connection> {
  const config = readConfig();
  const { external } = config;
  const isComplete = external.kafkaBrokers && external.schemaRegistryUrl && external.databaseUrl;
  if (!isComplete && !options.start) {
    const running = await stackStatus(stackDirectory(config));
    if (running.length === 0 || running.some(({ healthy }) => !healthy)) {
      throw new UserError(
        "The local stack does not run, and the environment names no other",
        "Run `newstape up`, or set KAFKA_BROKERS, SCHEMA_REGISTRY_URL and DATABASE_URL.",
      );
    }
  }
  const endpoints = await startStack({
    dataDirectory: stackDirectory(config),
    cacheDirectory: downloadDirectory(config),
    external: { ...external },
    java: config.java,
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  return connect(readConfig(undefined, endpoints), options);
}

/** @throws UserError when no broker answers, unless it is to be waited for */
export async function connect(config: PipelineConfig, options: ConnectOptions = {}): Promise<Connection> {
  if (!options.patient) await refuseAbsentBroker(config);
  const logger = createLogger(options.logLevel ?? config.logLevel);
  const kafka = createKafka(config, logger, "newstape");
  const [admin, log] = [new ClusterAdmin(kafka), new PartitionLog(kafka)];
  const close = async (): Promise<void> => {
    await Promise.all([admin.close(), log.close()]);
  };
  return { config, logger, kafka, admin, log, names: namesUnder(config.topicPrefix), parts, close };
}

/** Gives an action the database, and closes it afterwards. */
export async function withDatabase<Result>(
  { config }: Pick<Connection, "config">,
  action: (database: Database) => Promise<Result>,
  connections = 1,
): Promise<Result> {
  const database = new Database(config.databaseUrl, { connections });
  try {
    return await action(database);
  } finally {
    await database.close();
  }
}

/** One try: the clients that work go on trying for a minute. */
async function refuseAbsentBroker(config: Config): Promise<void> {
  const admin = new ClusterAdmin(createKafka(config, createLogger("silent"), "newstape", { ...retry, retries: 2 }));
  try {
    await admin.listTopics();
  } catch (error) {
    const refusal = refusalOf(error, config.kafka.sasl?.username);
    if (refusal) throw refusal;
    const isLocal = config.external.kafkaBrokers === undefined;
    throw new UserError(
      `Kafka does not answer at ${config.kafka.brokers.join(", ")}: ${messageOf(error)}`,
      isLocal
        ? "Run `newstape doctor`, or restart the local stack: `newstape down`, `newstape up`."
        : remedyOf(error, config),
      { cause: error },
    );
  } finally {
    await admin.close().catch(() => undefined);
  }
}

/** What a connection broken off as it was opened points to; a broker tells no more. */
function remedyOf(error: unknown, { kafka }: Config): string {
  if (hasUnknownAuthority(error)) return "Name the certificate of the brokers' authority in KAFKA_TLS_CA.";
  if (kafka.ssl !== false && isCertificateRefused(error)) {
    return kafka.ssl.cert === undefined
      ? "The brokers ask for a client certificate: name its files in KAFKA_TLS_CERT and KAFKA_TLS_KEY."
      : "The brokers do not take the certificate in KAFKA_TLS_CERT: it must be signed by an authority that they trust, and be in force.";
  }
  return "Check KAFKA_BROKERS and the KAFKA_TLS and KAFKA_SASL variables; `newstape doctor` looks further.";
}
