import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import type { PartitionLog } from "../runtime/kafka/partition-log.js";
import type { CommittedOffset } from "../runtime/kafka/types.js";
import type { Names } from "../runtime/names.js";
import type { Part } from "../stages/part.js";

export interface InputLag {
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly end: number;
  /** Undefined: nothing was ever committed. */
  readonly committed: number | undefined;
  /**
   * Records that wait; 0 only where none does. Exact up to `exactBelow` offsets; beyond them offsets, those of control
   * records included.
   */
  readonly lag: number;
}

export interface LagAccess {
  readonly admin: Pick<ClusterAdmin, "listTopics" | "committed">;
  readonly log: Pick<PartitionLog, "bounds" | "read">;
  readonly names: Pick<Names, "group" | "topic">;
}

/** So many offsets are read to separate records from the control records that end every transaction. */
export const exactBelow = 200;

/** Enough to find one record among those that wait. */
const glanceBytes = 64 << 10;

/** What waits before a group, partition by partition; topics that do not exist are left out. */
export async function lagOf(access: LagAccess, part: Pick<Part, "name" | "inputs">): Promise<InputLag[]> {
  const { admin, log, names } = access;
  const existing = new Set(await admin.listTopics());
  const topics = part.inputs.map(names.topic).filter((topic) => existing.has(topic));
  if (topics.length === 0) return [];
  const committed = await admin.committed(names.group(part.name), topics);
  return lagBehind(log, topics, committed);
}

/** What follows the offsets of a group, partition by partition. */
export async function lagBehind(
  log: LagAccess["log"],
  topics: readonly string[],
  committed: readonly CommittedOffset[],
): Promise<InputLag[]> {
  const byTopic = await Promise.all(
    topics.map(async (topic) =>
      Promise.all(
        (await log.bounds(topic)).map(async ({ partition, low, stable }): Promise<InputLag> => {
          const commit = committed.find((entry) => entry.topic === topic && entry.partition === partition);
          const from = Math.max(low, commit?.offset ?? low);
          const lag = await waiting(log, { topic, partition, from, end: stable });
          return { topic, partition, low, end: stable, committed: commit?.offset, lag };
        }),
      ),
    ),
  );
  return byTopic.flat();
}

/** What is left of a log may be control records and records of aborted transactions alone, however many: nothing waits then. */
async function waiting(
  log: LagAccess["log"],
  { topic, partition, from, end }: { topic: string; partition: number; from: number; end: number },
): Promise<number> {
  const offsets = Math.max(0, end - from);
  if (offsets === 0) return 0;
  const isExact = offsets <= exactBelow;
  let count = 0;
  for await (const records of log.read(topic, partition, from, end, isExact ? {} : { fetchBytes: glanceBytes })) {
    if (!isExact) return offsets;
    count += records.length;
  }
  return count;
}
