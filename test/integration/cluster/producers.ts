/**
 * Each of the three producers alone, with numbered records, on three brokers to which things happen. What is committed is counted by Kafka's
 * own consumer. The long run is `npm run chaos -- producers`.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freeze, killAndRestart, rollingRestart } from "../../chaos/broker-faults.js";
import { removeTopics, type KafkaCluster } from "../../helpers/kafka-cluster.js";
import type { LoadKind } from "../../helpers/producers/load.js";
import { producerProblems, runLoads, type LoadSize } from "../../helpers/producers/run-loads.js";

/** Thousands of records through each fault and a transaction at nearly every moment of it, on two cores that the brokers need too. */
const sizes: Readonly<Record<LoadKind, LoadSize>> = {
  transactional: { writers: 3, batch: 30, bytes: 40, pauseMs: 20, records: 2400 },
  plain: { writers: 2, batch: 30, bytes: 40, pauseMs: 20, records: 2000 },
  bulk: { writers: 1, batch: 3000, bytes: 300, pauseMs: 600, records: 3000 },
};

/** The controller misses a broker of these clusters after 3 s. */
const frozenMs = 4500;

/** The fault begins when every load is under way, and the loads go on until it is over. */
async function survives(t: TestContext, cluster: KafkaCluster, fault: () => Promise<unknown>): Promise<void> {
  await cluster.untilInSync();
  const prefix = randomBytes(3).toString("hex");
  const results = await runLoads(cluster, { prefix, sizes, during: fault });
  await removeTopics(cluster, `${prefix}.`);
  for (const { kind, failures, faults, tally, seconds, longestPause } of results) {
    const thrown = Object.entries(faults).map(([what, count]) => `${count} × ${what}`);
    const times = `${seconds.toFixed(1)} s, ${longestPause.toFixed(1)} s of them without an acknowledgement`;
    t.diagnostic(`${kind}: ${JSON.stringify(tally)}, ${failures} batches threw, ${times}`);
    for (const line of thrown) t.diagnostic(`  ${line}`);
  }
  assert.deepEqual(producerProblems(results), []);
}

export function testProducers(cluster: () => KafkaCluster): void {
  test("nothing happens", (t) => survives(t, cluster(), () => sleep(500)));

  test("every broker is restarted in turn", (t) => survives(t, cluster(), () => rollingRestart(cluster())));

  test("every broker is killed in turn", (t) =>
    survives(t, cluster(), async () => {
      for (const node of cluster().nodes) {
        await cluster().untilInSync();
        await killAndRestart(node, 1000);
      }
    }));

  test("a broker is frozen for longer than the controller waits for it", (t) =>
    survives(t, cluster(), async () => {
      const [, node] = cluster().nodes;
      if (node) await freeze(node, frozenMs);
      await cluster().untilInSync();
    }));

  test("all leaders move, six times", (t) =>
    survives(t, cluster(), async () => {
      for (let round = 0; round < 6; round += 1) {
        assert.ok((await cluster().electLeaders()) > 0, "no leader moved");
        await sleep(400);
      }
    }));

  test("a fourth broker joins, and partitions move to it", (t) =>
    survives(t, cluster(), async () => {
      const node = await cluster().addNode();
      await cluster().spread();
      assert.equal(node.id, 4);
    }));

  test("a broker is gone for good, and stays in the list of those to ask first", (t) =>
    survives(t, cluster(), async () => {
      await cluster().nodes[0]?.kill();
      await sleep(5000);
    }));
}
