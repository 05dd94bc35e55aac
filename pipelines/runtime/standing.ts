/** Where a reader goes on: what its group has committed of a partition, and what the partition holds. */
import type { ClusterAdmin, PartitionOffsets } from "./kafka/admin.js";
import type { CommittedOffset, TopicPartition } from "./kafka/types.js";

export interface Standing {
  readonly bound: PartitionOffsets;
  /** The offset that comes next: the committed one, or the first that the partition holds. */
  readonly position: number;
  readonly commit: CommittedOffset | undefined;
}

/**
 * What each partition of a topic holds, in the order of their numbers.
 *
 * @param drain whether the reader stops at `end`. It then reads to the very end: a transaction that the stage before has
 *   committed may still lack its marker somewhere, and what it wrote is beyond the last stable offset until then.
 */
export async function boundsOf(
  admin: Pick<ClusterAdmin, "offsets" | "ends" | "refresh">,
  topic: string,
  drain: boolean,
): Promise<PartitionOffsets[]> {
  // Also because the topic may have got partitions since.
  await admin.refresh(topic);
  const bounds = await admin.offsets(topic);
  if (!drain) return bounds;
  const ends = await admin.ends(topic);
  return bounds.map((bound) => ({ ...bound, end: ends.get(bound.partition) ?? bound.end }));
}

/**
 * @param committed offsets of the reader's group, this partition's among them where there is one
 * @param bounds of every partition of the topic
 */
export function standingOf(
  { topic, partition }: TopicPartition,
  committed: readonly CommittedOffset[],
  bounds: readonly PartitionOffsets[],
): Standing {
  const bound = bounds.find((entry) => entry.partition === partition);
  if (!bound) throw new Error(`${topic} has no partition ${partition}`);
  const commit = committed.find((entry) => entry.topic === topic && entry.partition === partition);
  return { bound, position: commit?.offset ?? bound.low, commit };
}
