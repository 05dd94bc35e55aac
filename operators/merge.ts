/**
 * The order in which the inputs of an operator are taken: (availableAt, rank of the input, id). Live, offline and in a replay
 * it is this one; a replay gives what was published because of it.
 */
import { topics, type TopicName, type TopicRecords } from "../schemas/topics.js";
import type { Input } from "./operator.js";

export interface MergeKey {
  /** When the record could have been known (ms since 1970). */
  readonly availableAt: number;
  /** Place of its input among the inputs; left out between records of one input. */
  readonly rank?: number;
  /** Left out where no two records of one input are compared. Compared by code units, not by any locale. */
  readonly id?: string;
}

export function compareMergeKeys(one: MergeKey, other: MergeKey): number {
  return (
    one.availableAt - other.availableAt ||
    (one.rank ?? 0) - (other.rank ?? 0) ||
    compareText(one.id ?? "", other.id ?? "")
  );
}

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Where a record stands within its input. */
export type InputPosition = Required<Omit<MergeKey, "rank">>;

/** A record whose time is no number goes first, so that it holds up nothing. */
export function inputPosition(name: TopicName, record: unknown): InputPosition {
  const { availableAt: timeOf, id } = topics[name] as {
    availableAt: (record: unknown) => number;
    id: (record: unknown) => string;
  };
  const availableAt = timeOf(record);
  return { availableAt: Number.isFinite(availableAt) ? availableAt : -Infinity, id: id(record) };
}

/**
 * Which of the inputs' next records is taken: an input whose next one is known late holds up those behind it.
 *
 * @param heads the next record of each input, in the order of their rank; undefined: it has none
 * @returns its rank; -1 when there is none
 */
export function firstOfHeads(heads: readonly (Pick<MergeKey, "availableAt"> | undefined)[]): number {
  let first = -1;
  let earliest = 0;
  for (let rank = 0; rank < heads.length; rank += 1) {
    const head = heads[rank];
    if (!head) continue;
    // `compareMergeKeys` of ranks that rise: at the same time the one before stays.
    if (first !== -1 && !(head.availableAt < earliest)) continue;
    first = rank;
    earliest = head.availableAt;
  }
  return first;
}

interface Cursor {
  readonly topic: TopicName;
  readonly records: readonly unknown[];
  next: number;
  availableAt: number;
}

/**
 * Merges whole inputs as a backfill does: one whose log has no order of its own (it is repartitioned) is sorted by
 * (availableAt, id) before, any other keeps the order of its log.
 *
 * @param inputs names in the order of their rank
 */
export function* mergeInputs<Names extends TopicName>(
  inputs: readonly Names[],
  records: { readonly [Name in Names]: readonly Readonly<TopicRecords[Name]>[] },
): Generator<Input<Names>> {
  const heads = inputs.map((topic): Cursor | undefined =>
    advanced({ topic, records: inLogOrder(topic, records[topic]), next: 0, availableAt: 0 }),
  );
  for (;;) {
    const rank = firstOfHeads(heads);
    const head = heads[rank];
    if (!head) return;
    yield { topic: head.topic, record: head.records[head.next] } as Input<Names>;
    head.next += 1;
    heads[rank] = advanced(head);
  }
}

/** @returns the cursor with the time of its next record; undefined at the end */
function advanced(cursor: Cursor): Cursor | undefined {
  if (cursor.next >= cursor.records.length) return undefined;
  cursor.availableAt = inputPosition(cursor.topic, cursor.records[cursor.next]).availableAt;
  return cursor;
}

function inLogOrder(topic: TopicName, records: readonly unknown[]): readonly unknown[] {
  if (!topics[topic].repartitioned) return records;
  return records
    .map((record) => ({ record, key: inputPosition(topic, record) }))
    .sort((one, other) => compareMergeKeys(one.key, other.key))
    .map(({ record }) => record);
}
