import { landedTopics, type LandedTopic, type TopicName } from "../../schemas/topics.js";
import { createSchemaRegistry, openCodecs } from "../runtime/codec.js";
import type { Config } from "../runtime/config.js";
import { ClusterAdmin } from "../runtime/kafka/admin.js";
import type { Kafka } from "../runtime/kafka/client.js";
import { GroupConsumer } from "../runtime/kafka/group-consumer.js";
import { PlainProducer } from "../runtime/kafka/producers.js";
import type { Logger } from "../runtime/logger.js";
import { namesUnder } from "../runtime/names.js";
import type { RunningPart } from "../stages/part.js";
import type { LandingBatch } from "./landed-record.js";
import type { LandingCounts } from "./landing-counts.js";
import { LandingLoop } from "./landing-loop.js";
import { landingName } from "./landing-name.js";
import { TopicWitness } from "./topic-witness.js";
import type { Witness } from "./witness.js";

export interface LandingOptions {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly logger: Logger;
  /** Writes a batch in one database transaction; safe to repeat. Gives what became of each topic's records. */
  readonly write: (batch: LandingBatch, witness: Witness) => Promise<ReadonlyMap<LandedTopic, LandingCounts>>;
  /** Stop when everything that lay in the topics has landed. */
  readonly drain?: boolean;
}

/** Runs the landing as a member of its consumer group. */
export async function runLanding(options: LandingOptions): Promise<RunningPart> {
  const { config, kafka, logger, drain = false } = options;
  const names = namesUnder(config.topicPrefix);
  const group = names.group(landingName);
  const codecs = await openCodecs(createSchemaRegistry(config), landedTopics, names.topic);
  const topics = new Map<string, TopicName>(landedTopics.map((name) => [names.topic(name), name]));
  const admin = new ClusterAdmin(kafka);
  const rejects = new PlainProducer(kafka);
  const { sessionTimeoutMs, partitions } = config;
  const consumer = new GroupConsumer(kafka, { groupId: group, topics: [...topics.keys()], sessionTimeoutMs }, logger);
  const witness: TopicWitness = new TopicWitness(kafka, names, codecs, (name, partition) =>
    loop.lowOf({ topic: names.topic(name), partition }),
  );
  const write = (batch: LandingBatch) => options.write(batch, witness);
  const loop: LandingLoop = new LandingLoop({
    admin,
    consumer,
    rejects,
    names,
    group,
    topics,
    partitions,
    codecs,
    logger,
    drain,
    write,
  });
  await consumer.start({
    onAssigned: (tasks) => loop.assigned(tasks),
    onBatch: (batch) => loop.accept(batch),
    onSkipped: (position) => loop.skipped(position),
    onStale: (position) => loop.seekAgain(position),
    onOutOfRange: (position) => loop.outOfRange(position),
    onHeartbeat: () => undefined,
    onCrash: (error) => loop.fail(error),
  });
  loop.start();
  return {
    done: loop.done,
    ready: () => loop.isReady,
    lag: () => loop.lag,
    stop: async () => {
      await loop.stop();
      await consumer.stop();
      await rejects.close();
      await witness.close().catch(() => undefined);
      await admin.close();
      loop.close();
    },
  };
}
