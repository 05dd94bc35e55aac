import { desiredTopics } from "../topics/plan.js";
import { internalTopics } from "../topics/durability.js";
import { ok, type Check } from "./check.js";
import { brokersIn, replicationFindings, type ReplicatedTopic } from "./replication-findings.js";

export const replication: Check = {
  name: "replication",
  looksAt:
    "replicas, min.insync.replicas, elections and leaders of our topics and Kafka's own: what a lost broker takes along",
  needs: ["kafka"],
  async run({ config, parts, admin, operations }) {
    const existing = new Set(await admin.listTopics());
    const names = [...desiredTopics(config, parts).map(({ name }) => name), ...internalTopics].filter((name) =>
      existing.has(name),
    );
    if (names.length === 0) return [ok("not looked at: the topics are missing")];
    const { nodes } = await operations.describeCluster();
    const partitions = await operations.partitions(names);
    const inSync = await operations.setting(names, "min.insync.replicas");
    const unclean = await operations.setting(names, "unclean.leader.election.enable");
    const topics = names.map((topic): ReplicatedTopic => ({
      topic,
      partitions: partitions.get(topic) ?? [],
      minInSync: Number(inSync.get(topic) || 1),
      uncleanElection: unclean.get(topic) === "true",
    }));
    const brokers = brokersIn(nodes, topics);
    const findings = replicationFindings(topics, brokers);
    return findings.length > 0
      ? findings
      : [ok(`${names.length} topics outlive the loss of any one of ${brokers} brokers, and writing goes on meanwhile`)];
  },
};
