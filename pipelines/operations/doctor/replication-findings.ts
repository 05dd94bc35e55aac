import type { PartitionReplicas } from "../../runtime/kafka/operations-admin.js";
import { enough, neededReplicas } from "../topics/durability.js";
import { error, ok, warning, type Finding } from "./check.js";

/** A topic with the settings that are in force for it, the brokers' defaults included. */
export interface ReplicatedTopic {
  readonly topic: string;
  readonly partitions: readonly PartitionReplicas[];
  readonly minInSync: number;
  readonly uncleanElection: boolean;
}

const isInternal = (topic: string): boolean => topic.startsWith("__");
const few = (list: readonly string[]): string => `${list.slice(0, 5).join(", ")}${list.length > 5 ? ", …" : ""}`;
const some = (list: readonly ReplicatedTopic[]): string =>
  `${list.length} ${list.length === 1 ? "topic" : "topics"} (${few(list.map(({ topic }) => topic))})`;
const replicasOf = ({ partitions }: ReplicatedTopic): number =>
  Math.min(...partitions.map(({ holders }) => holders.length));
const brokersOf = (list: readonly ReplicatedTopic[]): string => {
  const ids = new Set(list.flatMap(({ partitions }) => partitions.flatMap(({ holders }) => holders)));
  return [...ids].sort((one, other) => one - other).join(" or ");
};

/** The brokers that answer, and those that ought to: a broker that is away still holds replicas. */
export const brokersIn = (alive: readonly number[], topics: readonly ReplicatedTopic[]): number =>
  new Set([...alive, ...topics.flatMap(({ partitions }) => partitions.flatMap(({ holders }) => holders))]).size;

const reassign =
  "kafka-reassign-partitions.sh with a list of three replicas for each partition: Kafka changes the replicas of a topic that exists in no other way";
/** Ours are set by `topics apply`, Kafka's own by hand. */
const setting = (list: readonly ReplicatedTopic[], value: string): string => {
  const own = list.filter(({ topic }) => !isInternal(topic));
  const internal = list.filter(({ topic }) => isInternal(topic));
  const byHand = internal.map(
    ({ topic }) => `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config ${value}`,
  );
  return [...(own.length > 0 ? ["newstape topics apply"] : []), ...byHand].join("; ");
};

/** @param brokers how many the cluster has */
export function replicationFindings(topics: readonly ReplicatedTopic[], brokers: number): Finding[] {
  const present = topics.filter(({ partitions }) => partitions.length > 0);
  if (brokers < 2) {
    // No fault of the topics: there is nothing to replicate to.
    return [
      ...stateFindings(present),
      ok("one broker: what is acknowledged is kept as long as the disk of that broker is; the promise needs three"),
    ];
  }
  return [
    ...stateFindings(present),
    ...thinFindings(present, brokers),
    ...unsafeFindings(present),
    ...uncleanFindings(present),
    ...tightFindings(present, brokers),
  ];
}

/** Topics with too few replicas, by how many they have. */
function thinFindings(topics: readonly ReplicatedTopic[], brokers: number): Finding[] {
  const needed = neededReplicas(brokers);
  const byReplicas = new Map<number, ReplicatedTopic[]>();
  for (const topic of topics) {
    const replicas = replicasOf(topic);
    if (replicas < needed) byReplicas.set(replicas, [...(byReplicas.get(replicas) ?? []), topic]);
  }
  return [...byReplicas].map(([replicas, list]) => {
    const lost = list.some(({ topic }) => isInternal(topic))
      ? " Without __consumer_offsets the place in the inputs is forgotten, without __transaction_state nothing can be committed."
      : "";
    return error(
      `${some(list)}: replication factor ${replicas} on ${brokers} brokers, ${needed} are needed`,
      replicas === 1
        ? `Acknowledged records can be lost when broker ${brokersOf(list)} dies: no other has them.${lost}`
        : `Writing stops, or what is acknowledged has one copy left, while one broker is away.${lost}`,
      `${reassign}; then ${setting(list, "min.insync.replicas=2")}. For topics to come: leave NEWSTAPE_REPLICATION unset, or ${needed}.`,
    );
  });
}

/** A topic that has one replica alone is reported once; it could not have two in sync. */
function unsafeFindings(topics: readonly ReplicatedTopic[]): Finding[] {
  const unsafe = topics.filter((topic) => topic.minInSync < enough.inSync && replicasOf(topic) >= enough.inSync);
  if (unsafe.length === 0) return [];
  return [
    error(
      `${some(unsafe)}: min.insync.replicas is ${Math.min(...unsafe.map(({ minInSync }) => minInSync))}, 2 are needed`,
      `Acknowledged records can be lost when broker ${brokersOf(unsafe)} dies: the leader acknowledges alone while the others lag behind.`,
      setting(unsafe, "min.insync.replicas=2"),
    ),
  ];
}

function uncleanFindings(topics: readonly ReplicatedTopic[]): Finding[] {
  const unclean = topics.filter(({ uncleanElection }) => uncleanElection);
  if (unclean.length === 0) return [];
  const turnOff = ({ topic }: ReplicatedTopic): string =>
    `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config unclean.leader.election.enable=false`;
  return [
    error(
      `${some(unclean)}: unclean.leader.election.enable is true`,
      "A broker that lacks acknowledged records may become the leader, and they are gone.",
      unclean.map(turnOff).slice(0, 3).join("; "),
    ),
  ];
}

function tightFindings(topics: readonly ReplicatedTopic[], brokers: number): Finding[] {
  const tight = topics.filter((topic) => replicasOf(topic) >= enough.inSync && topic.minInSync >= replicasOf(topic));
  if (tight.length === 0) return [];
  return [
    warning(
      `${some(tight)}: min.insync.replicas equals the replication factor`,
      "Nothing is lost, but one broker that is away stops all writing.",
      brokers > 2 ? `${reassign}, or ${setting(tight, "min.insync.replicas=2")}` : "Add a third broker, then reassign.",
    ),
  ];
}

/** What the partitions lack at this moment. */
function stateFindings(topics: readonly ReplicatedTopic[]): Finding[] {
  const all = topics.flatMap(({ topic, partitions, minInSync }) =>
    partitions.map((entry) => ({ place: `${topic}/${entry.partition}`, minInSync, ...entry })),
  );
  const leaderless = all.filter(({ leader }) => leader < 0);
  const led = all.filter(({ leader }) => leader >= 0);
  const refusing = led.filter(({ inSync, minInSync }) => inSync.length < minInSync);
  const behind = led.filter(
    ({ inSync, minInSync, holders }) => inSync.length < holders.length && inSync.length >= minInSync,
  );
  const places = (list: readonly { place: string }[]): string => few(list.map(({ place }) => place));
  const holders = (list: readonly PartitionReplicas[]): string =>
    [...new Set(list.flatMap((entry) => entry.holders))].sort((one, other) => one - other).join(", ");
  const lagging = (list: readonly PartitionReplicas[]): string =>
    holders(list.map((entry) => ({ ...entry, holders: entry.holders.filter((id) => !entry.inSync.includes(id)) })));
  return [
    ...(leaderless.length > 0
      ? [
          error(
            `${leaderless.length} partitions have no leader: ${places(leaderless)}`,
            `They can be neither read nor written: every broker that had all of their records is away (they lie on ${holders(leaderless)}).`,
            `Start the brokers ${holders(leaderless)}. Do not allow an unclean election: it gives up acknowledged records.`,
          ),
        ]
      : []),
    ...(refusing.length > 0
      ? [
          error(
            `${refusing.length} partitions have fewer replicas in sync than min.insync.replicas: ${places(refusing)}`,
            "They can be read, but nothing is written: transactions that touch them wait. Nothing is lost.",
            `Start or look after the brokers ${lagging(refusing)}, or raise the replicas of what has too few.`,
          ),
        ]
      : []),
    ...(behind.length > 0
      ? [
          warning(
            `${behind.length} partitions lack replicas in sync: ${places(behind)}`,
            `Of the brokers that hold them ${lagging(behind)} are away or cannot keep up. Reading and writing go on; the loss of one more may stop them, or lose records where min.insync.replicas is below 2.`,
            `Start the brokers ${lagging(behind)}, or look at their logs.`,
          ),
        ]
      : []),
  ];
}
