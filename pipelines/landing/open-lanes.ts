import type { TopicName } from "../../schemas/topics.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import { refuseUnreadable } from "../runtime/retention.js";
import { boundsOf, standingOf } from "../runtime/standing.js";
import { Lane } from "./lane.js";
import { Lanes } from "./lanes.js";
import { landingName } from "./landing-name.js";
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
    const bounds = await boundsOf(admin, topic, drain);
    for (const partition of partitions) {
      const place = { topic, partition };
      const standing = standingOf(place, committed, bounds);
      await refuseUnreadable(admin, landingName, place, standing);
      const { position, bound, commit } = standing;
      const { low, end } = bound;
      lanes.push(new Lane({ name, ...place }, { position, low, end, counts: readCountsOf(commit, low) }));
    }
  }
  return new Lanes(lanes);
}
