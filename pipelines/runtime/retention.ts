import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "./errors.js";
import type { ClusterAdmin } from "./kafka/admin.js";
import type { TopicPartition } from "./kafka/types.js";
import type { Standing } from "./standing.js";

/**
 * Why a reader cannot go on where it stands: it must neither skip what is gone in silence nor wait for it.
 *
 * @param reader a stage, or the landing
 * @param next the offset at which it stands
 * @param bound what the partition holds: from `low` on, below `end`
 * @returns undefined when it can
 */
function unreadable(
  reader: string,
  { topic, partition }: TopicPartition,
  next: number,
  { low, end }: { readonly low: number; readonly end: number },
): UserError | undefined {
  const place = `${reader} stands at offset ${next} of ${topic}/${partition}`;
  const reset = `\`newstape reset ${reader}\` starts it, and what follows it, from what the topics hold.`;
  if (next < low) {
    return new UserError(
      `${place}, and retention has deleted everything below ${low}: ${low - next} offsets are lost to it`,
      `Load what is missing again where its source still has it, then ${reset} A longer NEWSTAPE_RETENTION_DAYS keeps this from happening again.`,
    );
  }
  if (next > end) {
    return new UserError(
      `${place}, which ends at ${end}: the topic was deleted and made anew, or the broker has lost its end`,
      `${reset} The brokers' logs show what happened to the topic.`,
    );
  }
  return undefined;
}

/**
 * Before a reader begins at an offset: what the brokers said of the partition is enough where it holds that offset.
 *
 * @param bound what a broker says that the partition holds
 * @throws UserError when the partition no longer holds what comes next; Error when it may yet be found to
 */
export async function refuseUnreadable(
  admin: Pick<ClusterAdmin, "offsets" | "refresh">,
  reader: string,
  place: TopicPartition,
  { position, bound }: Pick<Standing, "position" | "bound">,
): Promise<void> {
  if (!unreadable(reader, place, position, bound)) return;
  const fault = await confirmUnreadable(admin, reader, place, () => position);
  throw fault ?? new Error(`the broker did not know where ${place.topic}/${place.partition} ends; it is asked again`);
}

/** Longer than it takes until a broker that was frozen, or that has just become the leader, knows where a partition ends. */
const confirming = { times: 8, everyMs: 2000 };

/**
 * The same, by the brokers. That a partition ends before the reader's offset counts only when it stays so: a leader
 * that was frozen answers with its state of then, and the reader would end for nothing.
 *
 * @param next the offset at which the reader stands, which may move meanwhile
 */
export async function confirmUnreadable(
  admin: Pick<ClusterAdmin, "offsets" | "refresh">,
  reader: string,
  place: TopicPartition,
  next: () => number,
  { times, everyMs } = confirming,
): Promise<UserError | undefined> {
  for (let tries = 1; ; tries += 1) {
    await admin.refresh(place.topic);
    const bound = (await admin.offsets(place.topic)).find(({ partition }) => partition === place.partition);
    const fault = bound && unreadable(reader, place, next(), bound);
    if (!fault || next() < bound.low || tries === times) return fault;
    await sleep(everyMs);
  }
}
