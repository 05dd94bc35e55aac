import { firstOfHeads } from "../../../operators/merge.js";
import type { Entry, InputQueue, QueuePlace } from "./input-queue.js";

/**
 * Takes the next entries of a task's inputs in the order (availableAt, rank of the topic, offset). It waits while an
 * input that is known to hold more has nothing buffered: so a pre-loaded backfill has one order, whatever the timing,
 * and a task that catches up after a restart merges properly. What arrives live beyond that is taken as it comes.
 *
 * @param queues in the order of their rank
 * @returns at most `limit` entries; none when there is nothing, or nothing yet
 */
export async function takeMerged(queues: readonly InputQueue[], limit: number): Promise<MergedEntry[]> {
  const taken: MergedEntry[] = [];
  const heads = queues.map((): Entry | undefined => undefined);
  while (taken.length < limit) {
    let rank = 0;
    for (const queue of queues) {
      const peeked = queue.peek();
      // Nearly always there at once, and then without a promise for each record.
      const entry = peeked instanceof Promise ? await peeked : peeked;
      if (entry === "wait") return taken;
      heads[rank] = entry === "none" ? undefined : entry;
      rank += 1;
    }
    const first = firstOfHeads(heads);
    const entry = heads[first];
    if (!entry) return taken;
    queues[first]?.shift();
    const joined = queues.length > 1 ? queues.map(({ place }) => place) : alone;
    taken.push({ entry, queue: first, joined });
  }
  return taken;
}

export interface MergedEntry {
  readonly entry: Entry;
  /** The input partition that it came from, by its place in the task's order. */
  readonly queue: number;
  /**
   * How far every input was read after this entry, in the order of the inputs: what replay needs to interleave them again.
   * Empty where there is but one.
   */
  readonly joined: readonly QueuePlace[];
}

const alone: readonly QueuePlace[] = [];
