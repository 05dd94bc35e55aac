import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { AdminConnection } from "./admin-connection.js";
import { Brokers, UnansweredError } from "./cluster/brokers.js";
import { BrokerFault } from "./cluster/internals.js";
import { committedOffsets, listOffsets } from "./cluster/offsets.js";
import { persist } from "./cluster/persist.js";
import { changeTopicConfig, type SettingChanges } from "./cluster/topic-config.js";
import { about, faultType, someOf } from "./errors.js";
import { ConfigResourceTypes } from "./kafkajs.js";
import { withLeaderless } from "./leaderless.js";
import { UserError } from "../errors.js";
import type { CommittedOffset } from "./types.js";

export interface PartitionOffsets {
  readonly partition: number;
  /** First offset still held. */
  readonly low: number;
  /** Last stable offset: what `read_committed` can read to. */
  readonly end: number;
}

export interface TopicSettings {
  readonly partitions: number;
  readonly replication: number;
  readonly config: Readonly<Record<string, string>>;
}

/** A broker that is busy starting takes its time. */
const leadersWithinMs = 30_000;
/** How long a topic that no broker knows is requested. */
const unknownWithinMs = 5_000;

/** The pipeline's requests to the cluster besides producing and consuming. */
export class ClusterAdmin {
  readonly #connection: AdminConnection;
  readonly #brokers: Brokers;

  constructor(kafka: Kafka) {
    this.#connection = new AdminConnection(kafka);
    this.#brokers = new Brokers(kafka);
  }

  /** @throws Error with the broker's reason when some partition has no leader for 20 s */
  async offsets(topic: string): Promise<PartitionOffsets[]> {
    // In this order, so that what arrives meanwhile cannot turn them around.
    const low = await listOffsets(this.#brokers, topic, "low");
    const stable = await listOffsets(this.#brokers, topic, "stable");
    return [...stable]
      .map(([partition, end]) => ({ partition, low: low.get(partition) ?? 0, end }))
      .sort((a, b) => a.partition - b.partition);
  }

  /** Where every partition ends, records of open transactions included: each of them will have been decided on by then. */
  async ends(topic: string): Promise<ReadonlyMap<number, number>> {
    return listOffsets(this.#brokers, topic, "high");
  }

  /** Looks up anew which brokers lead the topic's partitions. */
  async refresh(topic: string): Promise<void> {
    await this.#refresh([topic]);
  }

  /** Offsets committed by a group; a partition without any is left out. */
  async committed(groupId: string, topics: readonly string[]): Promise<CommittedOffset[]> {
    await this.#refresh(topics);
    const places = topics.flatMap((topic) =>
      this.#brokers.partitionsOf(topic).map((partition) => ({ topic, partition })),
    );
    return places.length === 0 ? [] : committedOffsets(this.#brokers, groupId, places);
  }

  #refresh(topics: readonly string[]): Promise<void> {
    const deadline = performance.now() + unknownWithinMs;
    return persist(
      async () => {
        await this.#brokers.refresh(topics);
        // A broker that was left behind may not know a topic, which is not the same as there being none.
        const unknown = topics.filter((topic) => this.#brokers.partitionsOf(topic).length === 0);
        if (unknown.length > 0) throw new BrokerFault(3, unknown.join(", "));
      },
      (error) =>
        error instanceof UnansweredError ||
        (faultType(error) === "UNKNOWN_TOPIC_OR_PARTITION" && performance.now() < deadline),
      20_000,
    );
  }

  /** Brokers that are there now. */
  async brokerCount(): Promise<number> {
    const admin = await this.#connection.ready();
    return (await withLeaderless(() => admin.describeCluster())).brokers.length;
  }

  async listTopics(): Promise<string[]> {
    const admin = await this.#connection.ready();
    return withLeaderless(() => admin.listTopics());
  }

  /** Creates topics that are absent; one that another process has just created is no fault. */
  async createTopics(topics: readonly ({ readonly name: string } & TopicSettings)[]): Promise<void> {
    const admin = await this.#connection.ready();
    try {
      await about(`making topics ${someOf(topics.map(({ name }) => name))}`, () =>
        admin.createTopics({
          // KafkaJS's own wait fails when the first answer does not know the topic yet.
          waitForLeaders: false,
          topics: topics.map(({ name, partitions, replication, config }) => ({
            topic: name,
            numPartitions: partitions,
            replicationFactor: replication,
            configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
          })),
        }),
      );
    } catch (error) {
      if (faultType(error) === "INVALID_REPLICATION_FACTOR") throw tooFewBrokers(topics);
      if (faultType(error) !== "TOPIC_ALREADY_EXISTS" && !isAlreadyExisting(error)) throw error;
    }
    await this.#untilLed(topics.map(({ name }) => name));
  }

  /** Waits until every partition of the topics has a leader, as the brokers know it, three times in a row. */
  async #untilLed(names: readonly string[]): Promise<void> {
    const deadline = performance.now() + leadersWithinMs;
    for (let agreed = 0; agreed < 3;) {
      await this.#brokers.refresh(names).catch((error: unknown) => {
        if (!(error instanceof UnansweredError)) throw error;
      });
      const isLed = names.every((topic) => {
        const partitions = this.#brokers.partitionsOf(topic);
        return (
          partitions.length > 0 &&
          partitions.every((partition) => this.#brokers.leaderOf({ topic, partition }) !== undefined)
        );
      });
      agreed = isLed ? agreed + 1 : 0;
      if (agreed === 3) return;
      if (performance.now() > deadline) throw new Error(`some partition of ${names.join(", ")} has no leader`);
      if (!isLed) await sleep(100);
    }
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    const admin = await this.#connection.ready();
    await about(`deleting topics ${someOf(topics)}`, () => admin.deleteTopics({ topics: [...topics] }));
  }

  /** Number of partitions of existing topics; needs no right to see their settings. */
  async partitionCounts(names: readonly string[]): Promise<Map<string, number>> {
    if (names.length === 0) return new Map();
    const admin = await this.#connection.ready();
    const { topics } = await about(`topics ${someOf(names)}`, () => admin.fetchTopicMetadata({ topics: [...names] }));
    return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  }

  /** Settings of existing topics; `config` holds those that are set on the topic itself. */
  async describeTopics(names: readonly string[]): Promise<Map<string, TopicSettings>> {
    const admin = await this.#connection.ready();
    if (names.length === 0) return new Map();
    const { topics } = await about(`topics ${someOf(names)}`, () =>
      withLeaderless(() => admin.fetchTopicMetadata({ topics: [...names] })),
    );
    const { resources } = await about(`settings of topics ${someOf(names)}`, () =>
      withLeaderless(() =>
        admin.describeConfigs({
          includeSynonyms: false,
          resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
        }),
      ),
    );
    const configs = new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        Object.fromEntries(
          configEntries.filter(({ isDefault }) => !isDefault).map((entry) => [entry.configName, entry.configValue]),
        ),
      ]),
    );
    return new Map(
      topics.map(({ name, partitions }) => [
        name,
        {
          partitions: partitions.length,
          // Each partition has its own: what holds is what holds for the one with the fewest.
          replication: partitions.length === 0 ? 0 : Math.min(...partitions.map(({ replicas }) => replicas.length)),
          config: configs.get(name) ?? {},
        },
      ]),
    );
  }

  /**
   * Changes these settings of a topic, null to the brokers' default; others stay as somebody has set them. Resolves when a broker
   * has them in force: they learn of it from the controller.
   */
  async changeConfig(topic: string, changes: SettingChanges): Promise<void> {
    await changeTopicConfig(this.#brokers, topic, changes);
    const deadline = performance.now() + unknownWithinMs;
    const isInForce = async (): Promise<boolean> => {
      const config = (await this.describeTopics([topic])).get(topic)?.config ?? {};
      return Object.entries(changes).every(([name, value]) => value === null || config[name] === value);
    };
    while (!(await isInForce()) && performance.now() < deadline) await sleep(50);
  }

  /** Number of members of a group; 0 for one that does not exist. */
  async groupMembers(groupId: string): Promise<number> {
    const admin = await this.#connection.ready();
    const { groups } = await about(`group ${groupId}`, () => admin.describeGroups([groupId]));
    return groups[0]?.members.length ?? 0;
  }

  async deleteGroup(groupId: string): Promise<void> {
    const admin = await this.#connection.ready();
    await about(`deleting group ${groupId}`, () => admin.deleteGroups([groupId]));
  }

  async close(): Promise<void> {
    this.#brokers.close();
    await this.#connection.close();
  }
}

const tooFewBrokers = (topics: readonly ({ readonly name: string } & TopicSettings)[]): UserError =>
  new UserError(
    `There are fewer brokers than the ${Math.max(...topics.map(({ replication }) => replication))} replicas that the topics are to have`,
    "Set NEWSTAPE_REPLICATION to at most the number of brokers, or leave it out: then it is three, or as many as there are.",
  );

/** KafkaJS wraps the faults of a request for several topics. */
function isAlreadyExisting(error: unknown): boolean {
  const { errors } = error as { errors?: unknown[] };
  return (
    Array.isArray(errors) && errors.length > 0 && errors.every((fault) => faultType(fault) === "TOPIC_ALREADY_EXISTS")
  );
}
