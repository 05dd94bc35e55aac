import type { CommittedOffset } from "../../runtime/kafka/types.js";
import type { Part } from "../../stages/part.js";
import type { Surroundings } from "./check.js";

export interface InputLag {
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly end: number;
  /** Undefined: nothing was ever committed. */
  readonly committed: number | undefined;
  /** Records that wait. Exact up to `exactBelow` offsets, beyond that offsets, control records included. */
  readonly lag: number;
}

/** So many offsets are read to tell records from the control records that end every transaction. */
export const exactBelow = 200;

/** What lies before a group, partition by partition; topics that do not exist are left out. */
export async function lagOf(surroundings: Surroundings, part: Part): Promise<InputLag[]> {
  const { admin, log, names } = surroundings;
  const existing = new Set(await admin.listTopics());
  const topics = part.inputs.map(names.topic).filter((topic) => existing.has(topic));
  if (topics.length === 0) return [];
  const committed = await admin.committed(names.group(part.name), topics);
  const byTopic = await Promise.all(
    topics.map(async (topic) =>
      Promise.all(
        (await log.bounds(topic)).map(async ({ partition, low, stable }): Promise<InputLag> => {
          const commit = committed.find((entry) => entry.topic === topic && entry.partition === partition);
          const from = Math.max(low, commit?.offset ?? low);
          const lag = await waiting(surroundings, commit, { topic, partition, from, end: stable });
          return { topic, partition, low, end: stable, committed: commit?.offset, lag };
        }),
      ),
    ),
  );
  return byTopic.flat();
}

async function waiting(
  { log }: Surroundings,
  commit: CommittedOffset | undefined,
  { topic, partition, from, end }: { topic: string; partition: number; from: number; end: number },
): Promise<number> {
  const offsets = Math.max(0, end - from);
  if (offsets === 0 || offsets > exactBelow || commit === undefined) return offsets;
  let count = 0;
  for await (const records of log.read(topic, partition, from, end)) count += records.length;
  return count;
}
