import type { Kafka, MemberDescription } from "kafkajs";
import { AdminConnection } from "./admin-connection.js";
import { faultType } from "./errors.js";
import { AssignerProtocol, ConfigResourceTypes } from "./kafkajs.js";
import { withLeaderless } from "./leaderless.js";

export interface GroupMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly host: string;
  /** Partitions held, by topic. */
  readonly assignment: Readonly<Record<string, readonly number[]>>;
}

export interface GroupDescription {
  readonly groupId: string;
  /** Kafka's word: Stable, Empty, PreparingRebalance, CompletingRebalance, Dead (there is no such group). */
  readonly state: string;
  readonly members: readonly GroupMember[];
}

export interface PartitionReplicas {
  readonly partition: number;
  /** -1: none. */
  readonly leader: number;
  /** Ids of the brokers that hold it, whether or not they are there. */
  readonly holders: readonly number[];
  readonly inSync: readonly number[];
}

/** What looking after a cluster needs besides the requests of the pipeline itself. */
export class OperationsAdmin {
  readonly #connection: AdminConnection;

  constructor(kafka: Kafka) {
    this.#connection = new AdminConnection(kafka);
  }

  /** Brokers as `host:port` and their ids, and the controller's id; none while there is no controller. */
  async describeCluster(): Promise<{
    id: string;
    brokers: string[];
    nodes: number[];
    controller: number | undefined;
  }> {
    const admin = await this.#connection.ready();
    const { brokers, controller, clusterId } = await withLeaderless(() => admin.describeCluster());
    return {
      id: clusterId,
      brokers: brokers.map(({ host, port }) => `${host}:${port}`),
      nodes: brokers.map(({ nodeId }) => nodeId),
      controller: controller ?? undefined,
    };
  }

  async describeGroups(groupIds: readonly string[]): Promise<GroupDescription[]> {
    const { groups } = await (await this.#connection.ready()).describeGroups([...groupIds]);
    return groups.map(({ groupId, state, members }) => ({ groupId, state, members: members.map(toMember) }));
  }

  /** @throws Error when the group has members: the broker refuses */
  async deleteGroups(groupIds: readonly string[]): Promise<void> {
    const admin = await this.#connection.ready();
    for (const groupId of groupIds) {
      try {
        await admin.deleteGroups([groupId]);
      } catch (error) {
        const faults = (error as { groups?: { error?: unknown }[] }).groups ?? [];
        const types = [faultType(error), ...faults.map(({ error: fault }) => faultType(fault))];
        if (!types.includes("GROUP_ID_NOT_FOUND")) throw error;
      }
    }
  }

  async partitions(topics: readonly string[]): Promise<Map<string, PartitionReplicas[]>> {
    if (topics.length === 0) return new Map();
    const admin = await this.#connection.ready();
    const metadata = await withLeaderless(() => admin.fetchTopicMetadata({ topics: [...topics] }));
    return new Map(
      metadata.topics.map(({ name, partitions }) => [
        name,
        partitions
          .map(({ partitionId, leader, replicas, isr }) => ({
            partition: partitionId,
            leader,
            holders: [...replicas],
            inSync: [...isr],
          }))
          .sort((a, b) => a.partition - b.partition),
      ]),
    );
  }

  /** A setting as it is in force for each topic, the broker's default included. */
  async setting(topics: readonly string[], name: string): Promise<Map<string, string>> {
    if (topics.length === 0) return new Map();
    const admin = await this.#connection.ready();
    const { resources } = await withLeaderless(() =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((topic) => ({ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] })),
      }),
    );
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        configEntries.find(({ configName }) => configName === name)?.configValue ?? "",
      ]),
    );
  }

  /** Of each partition the first offset written at or after a moment (ms since 1970); the end where there is none. */
  async offsetsAt(topic: string, time: number): Promise<Map<number, number>> {
    const offsets = await (await this.#connection.ready()).fetchTopicOffsetsByTimestamp(topic, time);
    return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  /** Deletes everything below the given offset of each partition. The topic must not be compacted. */
  async deleteRecords(topic: string, below: readonly { partition: number; offset: number }[]): Promise<void> {
    const admin = await this.#connection.ready();
    // Metadata of the topic, which KafkaJS requires here.
    await admin.fetchTopicOffsets(topic);
    const partitions = below.map(({ partition, offset }) => ({ partition, offset: String(offset) }));
    await admin.deleteTopicRecords({ topic, partitions });
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

function toMember({ memberId, clientId, clientHost, memberAssignment }: MemberDescription): GroupMember {
  const decoded = memberAssignment.length > 0 ? AssignerProtocol.MemberAssignment.decode(memberAssignment) : null;
  return { memberId, clientId, host: clientHost.replace(/^\//, ""), assignment: decoded?.assignment ?? {} };
}
