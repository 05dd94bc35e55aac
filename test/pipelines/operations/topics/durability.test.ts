import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../../../pipelines/config.js";
import type { ClusterAdmin } from "../../../../pipelines/runtime/kafka/admin.js";
import { describeChange, desiredTopics, planTopics } from "../../../../pipelines/operations/topics/plan.js";
import type { SubjectClient } from "../../../../pipelines/operations/topics/subjects.js";
import { parts } from "../../../../pipelines/stages/parts.js";

const registered = { isRegistered: async () => true, compatibility: async () => undefined } as unknown as SubjectClient;

const replicationOn = (brokers: number, environment: NodeJS.ProcessEnv = {}) => {
  const topics = desiredTopics(readConfig(environment), parts, brokers);
  const found = new Set(
    topics.map(({ replication, config }) => `${replication}/${config["min.insync.replicas"] ?? "-"}`),
  );
  return [...found];
};

test("without NEWSTAPE_REPLICATION every topic gets three replicas, or as many as there are brokers", () => {
  assert.deepEqual(replicationOn(1), ["1/-"]);
  assert.deepEqual(replicationOn(2), ["2/2"]);
  assert.deepEqual(replicationOn(3), ["3/2"]);
  assert.deepEqual(replicationOn(9), ["3/2"]);
  assert.deepEqual(replicationOn(3, { NEWSTAPE_REPLICATION: "1" }), ["1/-"]);
});

test("an existing topic gets the setting that its replicas bear; too few are shown, not changed", async () => {
  const [topic] = desiredTopics(readConfig({}), parts, 3);
  assert.ok(topic);
  const plan = async (replication: number) => {
    const admin = {
      listTopics: async () => [topic.name],
      describeTopics: async () => {
        const config = Object.fromEntries(
          Object.entries(topic.config).filter(([key]) => key !== "min.insync.replicas"),
        );
        return new Map([[topic.name, { partitions: topic.partitions, replication, config }]]);
      },
    } as unknown as ClusterAdmin;
    const changes = await planTopics([topic], admin, registered);
    return changes.filter(({ kind }) => kind !== "set compatibility").map(describeChange);
  };
  assert.deepEqual(await plan(3), [`~ topic ${topic.name}: min.insync.replicas default → 2`]);
  const [shown, ...others] = await plan(1);
  assert.match(shown ?? "", /1 replicas, 3 are wanted; .*kafka-reassign-partitions\.sh/);
  assert.deepEqual(others, [], "with one replica nothing could be written any more");
});
