import { compareMergeKeys, firstOfHeads } from "../../../operators/merge.js";
import type { Entry } from "../../runtime/stage/input-queue.js";
import type { InputReader } from "./input-reader.js";
import { placeText, type Lineage } from "./lineage.js";
import type { RecordedEmission } from "./recorded-outputs.js";

export interface OrderedEntry {
  readonly entry: Entry;
  /** The reader that it comes from. */
  readonly queue: number;
  /** What was recorded because of it; undefined where nothing was. */
  readonly recorded: RecordedEmission | undefined;
  /** The task's next output from here on, its own where it has one; undefined after the last. */
  readonly following: RecordedEmission | undefined;
  /** Too long an order to be logged: what follows up to the next output may have been taken otherwise. */
  readonly isOrderLost: boolean;
}

/** A recorded output whose input had been answered before: no replay gives it. */
export interface Stray {
  readonly stray: RecordedEmission;
}

/** The log does not show what a task did: it was deleted, or copied. */
export class UnreadableLog extends Error {
  override readonly name = "UnreadableLog";
}

/**
 * The inputs of a task in the order in which it took them: up to each output the records of its headers, the trigger last.
 *
 * @param readers the task's input partitions in their order
 * @param ends committed offsets: what was taken after the last output ends there
 * @throws UnreadableLog
 */
export async function* loggedOrder(
  readers: readonly InputReader[],
  emissions: AsyncIterable<RecordedEmission>,
  ends: readonly number[],
): AsyncGenerator<OrderedEntry | Stray> {
  for await (const recorded of emissions) {
    const { lineage } = recorded;
    const { trigger, order } = lineage;
    const own = readers.findIndex(
      ({ topic, bounds }) => topic === trigger.topic && bounds.partition === trigger.partition,
    );
    if (readers[own]?.hasTaken(trigger.offset)) {
      yield { stray: recorded };
      continue;
    }
    const limits = readers.map((_, queue) => limitOf(lineage, queue, readers.length));
    for (const [queue, reader] of readers.entries()) {
      const sorted = lineage.joined[queue]?.sorted;
      if (sorted && reader.position < sorted.end) yield* plainUpTo(reader, queue, sorted, recorded);
    }
    const isOrderLost = order?.isLost ?? false;
    if (order && !order.isLost) {
      yield* merged(readers, order.from ?? readers.map(({ position }) => position), { following: recorded });
      for (const { queue, count } of order.runs) {
        for (let taken = 0; taken < count; taken += 1) {
          const reader = readers[queue];
          const entry = await reader?.head(Infinity);
          if (!reader || !entry) throw missing(trigger);
          reader.take();
          const isTrigger = placeText(entry.stored) === placeText(trigger);
          yield { entry, queue, recorded: isTrigger ? recorded : undefined, following: recorded, isOrderLost };
        }
      }
      continue;
    }
    yield* merged(readers, limits, { following: recorded, until: { lineage, own }, isOrderLost });
    const entry = await readers[own]?.head(limits[own] ?? 0);
    if (!entry || placeText(entry.stored) !== placeText(trigger)) throw missing(trigger);
    readers[own]?.take();
    yield { entry, queue: own, recorded, following: recorded, isOrderLost };
  }
  yield* merged(readers, ends, { following: undefined });
}

const missing = (trigger: Lineage["trigger"]): UnreadableLog =>
  new UnreadableLog(`the input ${placeText(trigger)} of a recorded output is not where it should be in the log`);

function limitOf({ trigger, joined }: Lineage, queue: number, queues: number): number {
  if (queues === 1) return trigger.offset + 1;
  const place = joined[queue];
  if (!place)
    throw new UnreadableLog(`the headers of an output of ${placeText(trigger)} lack how far its inputs were read`);
  return place.position;
}

/** What lay before a part that was sorted; then the part is. */
async function* plainUpTo(
  reader: InputReader,
  queue: number,
  { from, end }: { readonly from: number; readonly end: number },
  following: RecordedEmission,
): AsyncGenerator<OrderedEntry> {
  for (let entry = await reader.head(from); entry; entry = await reader.head(from)) {
    reader.take();
    yield { entry, queue, recorded: undefined, following, isOrderLost: false };
  }
  await reader.sortUpTo(end);
}

/**
 * The records below the limits, in the merge's own order. A sorted part has no limit of its own: it is taken as long as it
 * comes before the trigger, which may be held up by one before it in its input.
 */
async function* merged(
  readers: readonly InputReader[],
  limits: readonly number[],
  {
    following,
    until,
    isOrderLost = false,
  }: {
    readonly following: RecordedEmission | undefined;
    readonly until?: { readonly lineage: Lineage; readonly own: number };
    readonly isOrderLost?: boolean;
  },
): AsyncGenerator<OrderedEntry> {
  const trigger = until && placeText(until.lineage.trigger);
  const isOpen = (queue: number): boolean =>
    until !== undefined && queue !== until.own && !until.lineage.joined[queue]?.sorted?.isDone;
  for (;;) {
    const heads: (Entry | undefined)[] = [];
    for (const [queue, reader] of readers.entries()) heads[queue] = await reader.head(limits[queue] ?? 0);
    const own = until && heads[until.own];
    if (own && placeText(own.stored) === trigger) {
      const last = { availableAt: own.availableAt, rank: until.own };
      for (const [rank, head] of heads.entries()) {
        const isAfter = head && compareMergeKeys({ availableAt: head.availableAt, rank }, last) >= 0;
        if (isAfter && readers[rank]?.isSorted && isOpen(rank)) heads[rank] = undefined;
      }
      heads[until.own] = undefined;
    }
    const queue = firstOfHeads(heads);
    const entry = heads[queue];
    if (!entry) return;
    readers[queue]?.take();
    yield { entry, queue, recorded: undefined, following, isOrderLost };
  }
}
