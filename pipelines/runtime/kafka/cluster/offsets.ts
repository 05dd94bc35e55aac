/** Where partitions begin and end, and what groups have committed: requested of leaders and coordinators, and again when these move. */
import type { CommittedOffset, TopicPartition } from "../types.js";
import { UnansweredError, type Brokers } from "./brokers.js";
import { byTopic } from "./by-topic.js";
import { coordinatorMoved } from "./coordinator-faults.js";
import { BrokerFault } from "./internals.js";
import { pauseBefore, persist } from "./persist.js";
import { requests } from "./requests.js";

/** `low`: the first that is held; `stable`: no transaction is open below it; `high`: the end, open transactions included. */
export type Bound = "low" | "stable" | "high";

const asked = {
  low: { isolationLevel: 0, timestamp: -2 },
  stable: { isolationLevel: 1, timestamp: -1 },
  high: { isolationLevel: 0, timestamp: -1 },
} as const;

/** An election takes well under a second, a broker that died without a word is noticed after nine. */
const withinMs = 20_000;
/** A topic that does not exist is reported sooner. */
const unknownWithinMs = 5_000;
const unknownTopic = 3;

/**
 * UNKNOWN_TOPIC_OR_PARTITION (a topic that was just made), LEADER_NOT_AVAILABLE, NOT_LEADER_FOR_PARTITION, REQUEST_TIMED_OUT,
 * REPLICA_NOT_AVAILABLE, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, OFFSET_NOT_AVAILABLE (a new leader does
 * not yet know how far the replicas are): another moment, or another leader, gives an answer.
 */
export const passingWhenReading = new Set([unknownTopic, 5, 6, 7, 9, 56, 74, 75, 78]);

/** One bound of every partition of the topic, by number. */
export async function listOffsets(brokers: Brokers, topic: string, bound: Bound): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  const started = performance.now();
  let fault: Error = new BrokerFault(unknownTopic, topic);
  for (let tries = 0; ; tries += 1) {
    if (tries > 0 || brokers.partitionsOf(topic).length === 0) fault = (await refreshed(brokers, topic)) ?? fault;
    const waiting = brokers.partitionsOf(topic).filter((partition) => !found.has(partition));
    const faults = await Promise.all(
      leadersOf(brokers, topic, waiting).map(([leader, partitions]) =>
        askLeader(brokers, { leader, topic, partitions, bound }, found),
      ),
    );
    fault = faults.find((one) => one !== undefined) ?? fault;
    const partitions = brokers.partitionsOf(topic);
    if (partitions.length > 0 && partitions.every((partition) => found.has(partition))) return found;
    const elapsed = performance.now() - started;
    const isUnknown = fault instanceof BrokerFault && fault.code === unknownTopic;
    if (elapsed > (isUnknown ? unknownWithinMs : withinMs)) throw fault;
    await pauseBefore(tries + 3);
  }
}

/** @returns why the cluster could not be reached, if it could not */
async function refreshed(brokers: Brokers, topic: string): Promise<Error | undefined> {
  try {
    await brokers.refresh([topic]);
    return undefined;
  } catch (error) {
    if (!(error instanceof UnansweredError)) throw error;
    return error;
  }
}

function leadersOf(brokers: Brokers, topic: string, partitions: readonly number[]): [number | undefined, number[]][] {
  const leaders = new Map<number | undefined, number[]>();
  for (const partition of partitions) {
    const leader = brokers.leaderOf({ topic, partition });
    leaders.set(leader, [...(leaders.get(leader) ?? []), partition]);
  }
  return [...leaders];
}

/** Enters what the leader answers; a passing fault is returned, any other thrown. */
async function askLeader(
  brokers: Brokers,
  question: {
    readonly leader: number | undefined;
    readonly topic: string;
    readonly partitions: readonly number[];
    readonly bound: Bound;
  },
  found: Map<number, number>,
): Promise<Error | undefined> {
  const { leader, topic, partitions, bound } = question;
  if (leader === undefined) return new BrokerFault(5, `${topic}/${partitions.join(", ")}`);
  const { isolationLevel, timestamp } = asked[bound];
  let fault: Error | undefined;
  try {
    const { responses } = await brokers.ask(leader, requests.listOffsets, {
      isolationLevel,
      topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
    });
    for (const { partition, errorCode, offset } of responses[0]?.partitions ?? []) {
      if (errorCode === 0) found.set(partition, Number(offset));
      else fault = new BrokerFault(errorCode, `${topic}/${partition}`);
    }
  } catch (error) {
    if (!(error instanceof UnansweredError)) throw error;
    return error;
  }
  if (fault instanceof BrokerFault && !passingWhenReading.has(fault.code)) throw fault;
  return fault;
}

/** What the group has committed of these partitions, as one coordinator has it; one without any is left out. */
export async function committedAt(
  brokers: Brokers,
  coordinator: number,
  groupId: string,
  places: readonly TopicPartition[],
): Promise<CommittedOffset[]> {
  const { errorCode = 0, responses } = await brokers.ask(coordinator, requests.fetchOffsets, {
    groupId,
    topics: byTopic(places, ({ partition }) => ({ partition })),
  });
  if (errorCode !== 0) throw new BrokerFault(errorCode, `offsets of ${groupId}`);
  return responses.flatMap(({ topic, partitions }) =>
    partitions.flatMap(({ partition, offset, metadata, errorCode: code }) => {
      if (code !== 0) throw new BrokerFault(code, `offsets of ${groupId}, ${topic}/${partition}`);
      return Number(offset) < 0 ? [] : [{ topic, partition, offset: Number(offset), ...(metadata && { metadata }) }];
    }),
  );
}

/** The same of whichever broker coordinates the group now. */
export function committedOffsets(
  brokers: Brokers,
  groupId: string,
  places: readonly TopicPartition[],
): Promise<CommittedOffset[]> {
  return persist(
    async () => {
      try {
        return await committedAt(brokers, await brokers.coordinator("group", groupId), groupId, places);
      } catch (error) {
        brokers.forget("group", groupId);
        throw error;
      }
    },
    (error) => error instanceof UnansweredError || (error instanceof BrokerFault && coordinatorMoved.has(error.code)),
    withinMs,
  );
}
