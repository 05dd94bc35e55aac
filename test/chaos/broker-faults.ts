/** What happens to the brokers of a cluster of three. Never is more than one of them away. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../pipelines/ingest/simulation/random.js";
import type { KafkaCluster } from "../helpers/kafka-cluster.js";
import type { KafkaNode } from "../helpers/kafka-node.js";

export const brokerFaultKinds = ["kill broker", "freeze broker", "restart broker", "elect leaders"] as const;
export type BrokerFaultKind = (typeof brokerFaultKinds)[number];

/** A restart by hand, or by a supervisor; a replica leaves those in sync when the controller misses the broker for 3 s. */
const awayMs = 500;
/** A broker that is frozen for less than its session is not missed, for more its leaders move; both happen. */
const frozenMs = 1000;

/** Strikes one broker, or all leaders, once everything is in sync again. @returns whom it struck */
export async function strikeBroker(kind: BrokerFaultKind, cluster: KafkaCluster, random: Random): Promise<string> {
  await cluster.untilInSync(120_000);
  const node = cluster.nodes[Math.floor(random.uniform() * cluster.nodes.length)];
  if (!node) return "nobody";
  switch (kind) {
    case "kill broker":
      await killAndRestart(node, awayMs + random.uniform() * 3000);
      break;
    case "freeze broker":
      await freeze(node, frozenMs + random.uniform() * 9000);
      break;
    case "restart broker":
      await node.stop();
      await node.start();
      break;
    case "elect leaders":
      return `${await cluster.electLeaders()} partitions`;
  }
  return `broker ${node.id}`;
}

export async function killAndRestart(node: KafkaNode, forMs: number): Promise<void> {
  await node.kill();
  await sleep(forMs);
  await node.start();
}

export async function freeze(node: KafkaNode, forMs: number): Promise<void> {
  node.freeze();
  await sleep(forMs);
  node.thaw();
}

/** An upgrade's way: one after the other ends gracefully and comes back, and the next one waits until all is in sync. */
export async function rollingRestart(cluster: KafkaCluster): Promise<void> {
  for (const node of cluster.nodes) {
    await cluster.untilInSync(120_000);
    await node.stop();
    await node.start();
  }
  await cluster.untilInSync(120_000);
}
