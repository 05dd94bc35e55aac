import assert from "node:assert/strict";
import { test } from "node:test";
import {
  brokersIn,
  replicationFindings,
  type ReplicatedTopic,
} from "../../../../pipelines/operations/doctor/replication-findings.js";
import type { PartitionReplicas } from "../../../../pipelines/runtime/kafka/operations-admin.js";

const partition = (fields: Partial<PartitionReplicas> = {}): PartitionReplicas => ({
  partition: 0,
  leader: 1,
  holders: [1, 2, 3],
  inSync: fields.holders ?? [1, 2, 3],
  ...fields,
});
const topic = (name: string, fields: Partial<ReplicatedTopic> = {}): ReplicatedTopic => ({
  topic: name,
  partitions: [partition()],
  minInSync: 2,
  uncleanElection: false,
  ...fields,
});
const held = (...holders: number[]) => ({ partitions: [partition({ holders, leader: holders[0] ?? -1 })] });
const findingsOf = (topics: readonly ReplicatedTopic[], brokers = 3): string[] =>
  replicationFindings(topics, brokers).map(({ severity, summary }) => `${severity} ${summary}`);

test("three replicas of which two must be in sync are what is needed", () => {
  assert.deepEqual(findingsOf([topic("features"), topic("__consumer_offsets")]), []);
});

test("one broker: no fault, but a note on how long the promise lasts", () => {
  const [only, ...others] = findingsOf([topic("features", { ...held(1), minInSync: 1 })], 1);
  assert.match(only ?? "", /^ok one broker: .* as long as the disk/);
  assert.deepEqual(others, []);
});

test("a single replica on three brokers is an error that names the brokers, for ours and for Kafka's own", () => {
  const [finding, ...others] = replicationFindings(
    [topic("features", { ...held(2), minInSync: 1 }), topic("__transaction_state", { ...held(1), minInSync: 1 })],
    3,
  );
  assert.deepEqual(others, []);
  assert.equal(finding?.severity, "error");
  assert.match(
    finding.summary,
    /^2 topics \(features, __transaction_state\): replication factor 1 on 3 brokers, 3 are/,
  );
  assert.match(finding.explanation ?? "", /lost when broker 1 or 2 dies/);
  assert.match(finding.explanation ?? "", /without __transaction_state nothing can be committed/);
  assert.match(
    finding.fix ?? "",
    /kafka-reassign-partitions\.sh.*newstape topics apply; kafka-configs\.sh .*__transaction_state/,
  );
});

test("two replicas: an error on three brokers; on two it is all there can be, and one away stops writing", () => {
  assert.deepEqual(
    findingsOf([topic("features", held(1, 2))]).map((line) => line.split(" ", 1)[0]),
    ["error", "warning"],
  );
  assert.deepEqual(findingsOf([topic("features", held(1, 2))], 2), [
    "warning 1 topic (features): min.insync.replicas equals the replication factor",
  ]);
  assert.match(findingsOf([topic("features", { ...held(1), minInSync: 1 })], 2)[0] ?? "", /^error .* 2 are needed/);
});

test("a leader that may acknowledge alone, or one that lacks records, is an error", () => {
  assert.deepEqual(findingsOf([topic("features", { minInSync: 1 }), topic("scores", { uncleanElection: true })]), [
    "error 1 topic (features): min.insync.replicas is 1, 2 are needed",
    "error 1 topic (scores): unclean.leader.election.enable is true",
  ]);
  assert.deepEqual(findingsOf([topic("features", { minInSync: 3 })]), [
    "warning 1 topic (features): min.insync.replicas equals the replication factor",
  ]);
});

test("partitions without a leader, that refuse writes, or that lag behind are three different things", () => {
  const partitions = [
    partition({ partition: 0, leader: -1, inSync: [] }),
    partition({ partition: 1, inSync: [1] }),
    partition({ partition: 2, inSync: [1, 2] }),
  ];
  assert.deepEqual(findingsOf([topic("features", { partitions })]), [
    "error 1 partitions have no leader: features/0",
    "error 1 partitions have fewer replicas in sync than min.insync.replicas: features/1",
    "warning 1 partitions lack replicas in sync: features/2",
  ]);
});

test("the brokers that are not in sync are named", () => {
  const partitions = [partition({ inSync: [1, 3] })];
  const [behind] = replicationFindings([topic("features", { partitions })], 3);
  assert.match(behind?.fix ?? "", /^Start the brokers 2,/);
});

test("a broker that is away counts: it holds replicas", () => {
  assert.equal(brokersIn([1, 2], [topic("features")]), 3);
});
