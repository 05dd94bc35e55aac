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

interface Target {
  readonly cluster: KafkaCluster;
  readonly random: Random;
  /** As soon as it is done, before anything is mended. */
  readonly onStruck?: () => void;
}

/** Strikes one broker, or all leaders, once everything is in sync again. @returns whom it struck */
export async function strikeBroker(
  kind: BrokerFaultKind,
  { cluster, random, onStruck = () => undefined }: Target,
): Promise<string> {
  await cluster.untilInSync(120_000);
  if (kind === "elect leaders") {
    const moved = await cluster.electLeaders();
    onStruck();
    return `${moved} partitions`;
  }
  const node = cluster.nodes[Math.floor(random.uniform() * cluster.nodes.length)];
  if (!node) throw new Error("the cluster has no broker");
  switch (kind) {
    case "kill broker":
      await killAndRestart(node, awayMs + random.uniform() * 3000, onStruck);
      break;
    case "freeze broker":
      await freeze(node, frozenMs + random.uniform() * 9000, onStruck);
      break;
    case "restart broker":
      await node.stop();
      onStruck();
      await node.start();
      break;
  }
  return `broker ${node.id}`;
}

export async function killAndRestart(node: KafkaNode, forMs: number, onStruck = (): void => undefined): Promise<void> {
  await node.kill();
  onStruck();
  await sleep(forMs);
  await node.start();
}

export async function freeze(node: KafkaNode, forMs: number, onStruck = (): void => undefined): Promise<void> {
  node.freeze();
  onStruck();
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
