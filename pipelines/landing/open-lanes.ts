import type { TopicName } from "../../schemas/topics.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import { confirmUnreadable, unreadable } from "../runtime/retention.js";
import { Lane } from "./lane.js";
import { Lanes } from "./lanes.js";
import { readCountsOf } from "./landing-progress.js";

export interface OpenLanesOptions {
  readonly admin: Pick<ClusterAdmin, "committed" | "refresh" | "offsets" | "ends">;
  readonly group: string;
  /** What lands, by its name on the broker. */
  readonly topics: ReadonlyMap<string, TopicName>;
  readonly drain: boolean;
}

/**
 * Lanes for these partitions of every topic, where the group stands.
 *
 * @throws UserError when a topic no longer holds what comes next
 */
export async function openLanes(options: OpenLanesOptions, partitions: readonly number[]): Promise<Lanes> {
  const { admin, group, topics, drain } = options;
  const committed = await admin.committed(group, [...topics.keys()]);
  const lanes: Lane[] = [];
  for (const [topic, name] of topics) {
    await admin.refresh(topic);
    const bounds = await admin.offsets(topic);
    // What the last transactions wrote may still lack their markers, and a drain reads it all the same.
    const ends = drain ? await admin.ends(topic) : undefined;
    for (const partition of partitions) {
      const bound = bounds[partition];
      if (!bound) throw new Error(`${topic} has no partition ${partition}`);
      const commit = committed.find((entry) => entry.topic === topic && entry.partition === partition);
      const position = commit?.offset ?? bound.low;
      if (unreadable("landing", { topic, partition }, position, bound)) {
        const fault = await confirmUnreadable(admin, "landing", { topic, partition }, () => position);
        throw fault ?? new Error(`the broker did not know where ${topic}/${partition} ends`);
      }
      const counts = readCountsOf(commit, bound.low);
      const end = ends?.get(partition) ?? bound.end;
      lanes.push(new Lane({ name, topic, partition }, { position, low: bound.low, end, counts }));
    }
  }
  return new Lanes(lanes);
}
