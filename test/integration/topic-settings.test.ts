/** Settings of topics on a real broker: what `topics apply` wants is set, and what others have set stays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { applyPlan } from "../../pipelines/operations/topics/apply.js";
import { desiredTopics, planTopics } from "../../pipelines/operations/topics/plan.js";
import type { SubjectClient } from "../../pipelines/operations/topics/subjects.js";
import { BrokerFault } from "../../pipelines/runtime/kafka/cluster/internals.js";
import { stages } from "../../pipelines/stages/index.js";
import { createTestCluster } from "../helpers/kafka.js";

test("a topic's settings are merged, and the broker's clock is asked for on the topic itself", async (t) => {
  const { admin, config, names } = await createTestCluster(t, stages, { NEWSTAPE_PARTITIONS: "2" });
  const name = names.topic("signals");
  const topic = desiredTopics(config, []).find((desired) => desired.name === name);
  assert.ok(topic);
  const settings = async () => (await admin.describeTopics([name])).get(name)?.config ?? {};
  assert.equal((await settings())["message.timestamp.type"], "LogAppendTime");

  await admin.changeConfig(name, { "max.message.bytes": "2000000", "cleanup.policy": "compact" });
  // Nothing is to be asked of the registry: schemas are not what changes here.
  const subjects = { isRegistered: async () => true, compatibility: async () => topic.schema?.compatibility };
  const plan = () => planTopics([topic], admin, subjects as unknown as SubjectClient);
  const changes = await plan();
  assert.deepEqual(
    changes.map(({ kind }) => kind),
    ["configure topic"],
  );
  await applyPlan(changes, admin, subjects as unknown as SubjectClient);
  const { "max.message.bytes": theirs, "cleanup.policy": ours } = await settings();
  assert.deepEqual([theirs, ours], ["2000000", "delete"]);
  assert.deepEqual(await plan(), []);

  await admin.changeConfig(name, { "max.message.bytes": null });
  // Brokers learn of it from the controller, one after the other.
  for (let tries = 0; (await settings())["max.message.bytes"] !== undefined && tries < 50; tries += 1) await sleep(100);
  assert.equal((await settings())["max.message.bytes"], undefined);
  await assert.rejects(admin.changeConfig(name, { "retention.ms": "soon" }), (error: unknown) => {
    assert.ok(error instanceof BrokerFault, String(error));
    assert.match(error.message, new RegExp(`settings of topic ${name.replaceAll(".", "\\.")}: .*retention\\.ms`));
    return true;
  });
});
