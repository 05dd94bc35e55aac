/** The publisher of the model registry: the outbox in the database → `models.registry`. */
import { pause } from "../runtime/pause.js";
import { publishOutbox } from "../../models/registry/outbox.js";
import { openRegistryCodec } from "../runtime/codec.js";
import type { Config } from "../runtime/config.js";
import { Database } from "../runtime/database/database.js";
import { messageOf } from "../runtime/errors.js";
import type { Kafka } from "../runtime/kafka/client.js";
import { PlainProducer } from "../runtime/kafka/producers.js";
import type { Logger } from "../runtime/logger.js";
import { namesUnder } from "../runtime/names.js";

export interface PublisherOptions {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly logger: Logger;
  /** Stop when nothing waits any more. */
  readonly drain?: boolean;
}

/** Publishes what waits now; returns how many records were sent. */
export async function publishRegistry({ config, kafka }: PublisherOptions, database: Database): Promise<number> {
  const topic = namesUnder(config.topicPrefix).topic("models.registry");
  const codec = await openRegistryCodec(config);
  const producer = new PlainProducer(kafka);
  let sent = 0;
  try {
    for (let count = -1; count !== 0; sent += count) {
      count = await publishOutbox(database, (records) =>
        producer.send(records.map((record) => ({ topic, partition: 0, key: record.key, value: codec.encode(record) }))),
      );
    }
    return sent;
  } finally {
    await producer.close();
  }
}

/** Looks into the outbox every second. */
export async function startPublisher(options: PublisherOptions) {
  const database = new Database(options.config.databaseUrl, { connections: 1 });
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const [waiting] = await database.query<{ count: string }>(
          "SELECT count(*) FROM registry_outbox WHERE published_at IS NULL",
        );
        if (Number(waiting?.count ?? 0) > 0) await publishRegistry(options, database);
        if (options.drain) return;
      } catch (error) {
        options.logger.warn({ error: messageOf(error) }, "the registry's outbox could not be published; trying again");
      }
      await pause(1000, stopping.signal);
    }
  };
  const done = loop();
  return {
    done,
    ready: () => true,
    lag: () => 0,
    stop: async () => {
      stopping.abort();
      await done;
      await database.close();
    },
  };
}
