import type { Kafka as KafkaClient, LogEntry, SASLOptions } from "kafkajs";
import type { SaslConfig } from "../access-settings.js";
import type { Config } from "../config.js";
import type { Logger } from "../logger.js";
import { Kafka, logLevel } from "./kafkajs.js";
import { oauthTokens } from "./oauth-token.js";
import { shuffled } from "./shuffled.js";
import { tlsSockets } from "./sockets.js";

/**
 * Retries fast and for long: KafkaJS's default first wait of 300 ms is many times what a transaction takes, and its 5
 * retries give up before a broker has restarted.
 */
export const retry = { initialRetryTime: 5, maxRetryTime: 1000, retries: 60 };

/** How long a fetch waits for records; a consumer's disconnect waits for it too. */
export const maxWaitTimeInMs = 200;

/** How old the knowledge of who leads what may be: a leader that is cut off from the others answers as if nothing were. */
export const metadataMaxAge = 30_000;

/**
 * A client of the brokers that the configuration names, with the faults of KafkaJS that are known mended.
 *
 * @param clientId name by which the brokers know it, in their logs and quotas
 * @param patience how often and how long to try again; a process that works does so nearly for ever
 */
export function createKafka(config: Config, logger: Logger, clientId: string, patience = retry): KafkaClient {
  const levels: Record<number, "error" | "warn" | "info" | "debug"> = {
    [logLevel.ERROR]: "debug",
    [logLevel.WARN]: "debug",
    [logLevel.INFO]: "debug",
    [logLevel.DEBUG]: "debug",
  };
  // Each client begins with another one: the first of the list may be the one that hangs.
  const brokers = shuffled(config.kafka.brokers);
  const { ssl, sasl } = config.kafka;
  return new Kafka({
    clientId,
    brokers: () => brokers,
    ssl: ssl !== false,
    ...(ssl !== false && { socketFactory: tlsSockets(ssl, (problem) => logger.warn(problem)) }),
    ...(sasl && { sasl: saslOptions(sasl) }),
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    retry: patience,
    logLevel: logger.isLevelEnabled("debug") ? logLevel.INFO : logLevel.NOTHING,
    // KafkaJS logs every passing fault as an error; the pipeline logs those that matter itself.
    logCreator:
      () =>
      ({ level, namespace, log: { message, ...rest } }: LogEntry) => {
        logger[levels[level] ?? "debug"](
          { ...rest, kafka: namespace, stack: undefined, timestamp: undefined },
          message,
        );
      },
  });
}

/** A copy: KafkaJS writes into it, and the configuration is frozen. */
function saslOptions(sasl: SaslConfig): SASLOptions {
  if (sasl.mechanism === "oauthbearer") return { mechanism: "oauthbearer", oauthBearerProvider: oauthTokens(sasl) };
  const { username, password } = sasl;
  // KafkaJS's type wants one mechanism at a time.
  return { mechanism: sasl.mechanism as "plain", username, password };
}

export type { KafkaClient as Kafka };
