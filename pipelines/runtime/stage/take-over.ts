/**
 * How a task takes its partitions over: fence first, read afterwards. What is read then can no longer change under another
 * owner's hand.
 *
 * 1. Fence the former owner and finish what it left pending; only then look up where to go on, and how far the changelog reaches,
 *    at brokers that have just proved to lead.
 * 2. Look up how far the inputs reach.
 * 3. Restore the state from the changelog.
 * 4. Go on from what was committed.
 */
import { refuseUnreadable } from "../retention.js";
import { boundsOf, standingOf, type Standing } from "../standing.js";
import { TaskAccounting } from "./accounting.js";
import type { InputQueue } from "./input-queue.js";
import type { Latch } from "./latch.js";
import { MergeOrder } from "./merge-order.js";
import { decodeProgress, type Progress } from "./progress.js";
import type { TaskContext } from "./task-context.js";
import type { TaskState } from "./task-state.js";

type TakeOverContext = Pick<
  TaskContext,
  "stage" | "names" | "group" | "admin" | "consumer" | "drain" | "isRepartitioned"
>;

/** Where one input goes on. */
export interface InputStanding extends Standing {
  readonly queue: InputQueue;
  readonly progress: Progress;
}

export interface TakeOver {
  readonly context: TakeOverContext;
  readonly producer: ReturnType<TaskContext["createProducer"]>;
  readonly queues: readonly InputQueue[];
  readonly state: TaskState;
  /** Wakes when something has come for the task. */
  readonly arrived: Latch;
  /** Throws when the task must begin anew. */
  readonly check: () => void;
}

/** Steps 1 to 3. @throws UserError when an input no longer holds what comes next */
export async function lookUp({ context, producer, queues, state, arrived, check }: TakeOver): Promise<InputStanding[]> {
  const { committed, changelogEnd } = await producer.takeOver(context.group, queues, state.changelog);
  const inputs = [...new Set(queues.map(({ topic }) => topic))];
  const bounds = new Map(
    await Promise.all(
      inputs.map(async (topic) => [topic, await boundsOf(context.admin, topic, context.drain)] as const),
    ),
  );
  await state.restore(changelogEnd, arrived, check);
  check();
  const standings = queues.map((queue): InputStanding => {
    const standing = standingOf(queue, committed, bounds.get(queue.topic) ?? []);
    return { ...standing, queue, progress: decodeProgress(standing.commit?.metadata) };
  });
  for (const standing of standings) await refuseUnreadable(context.admin, context.stage.name, standing.queue, standing);
  return standings;
}

/** Step 4, at one go: a rebalance in the midst of it would make void what was sought before. */
export function goOn(
  context: TakeOverContext,
  standings: readonly InputStanding[],
): { readonly accounting: TaskAccounting; readonly order: MergeOrder } {
  for (const { queue, bound, position, progress } of standings) {
    const { sort } = progress;
    const sorted = sort ?? (context.drain && context.isRepartitioned(queue.name) ? { end: bound.end } : undefined);
    // A sorted part that was begun ends where it was going to end, whatever has arrived since.
    queue.reset(position, sorted?.end ?? bound.end, {
      ...(sorted && { sortAfter: sort?.after ?? "beginning" }),
      stopAtEnd: context.drain,
    });
    context.consumer.seek(queue, position);
  }
  const progress = standings.map((standing) => standing.progress);
  const positions = standings.map(({ position }) => position);
  return {
    accounting: new TaskAccounting(context.stage, context.names, progress),
    order: new MergeOrder(standings.length, positions, progress[0]?.order),
  };
}
