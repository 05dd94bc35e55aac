/** What a task has taken in so far, in the order in which a rebuild takes it in again. */
import { compareMergeKeys, inputPosition, type MergeKey } from "../../operators/merge.js";
import { topics, type TopicName, type TopicRecords } from "../../schemas/topics.js";
import { UndecodableError, type RecordCodec } from "../runtime/codec.js";
import { UserError } from "../runtime/errors.js";
import type { PartitionLog } from "../runtime/kafka/partition-log.js";
import type { CommittedOffset, StoredRecord } from "../runtime/kafka/types.js";
import { decodeProgress } from "../runtime/stage/progress.js";

export interface InputPartition {
  readonly name: TopicName;
  readonly topic: string;
  readonly partition: number;
  /** What the group has committed; undefined when it has not begun. */
  readonly committed: CommittedOffset | undefined;
  readonly low: number;
  readonly end: number;
}

/** One record as it waits to be sorted: its bytes, because a record takes several times as much once it is decoded. */
export interface RebuildEntry {
  readonly input: InputPartition;
  readonly rank: number;
  /** The event time where the topic is ordered by it, else availableAt (ms since 1970). */
  readonly time: number;
  /** Puts a correction behind the bar that it corrects, where both have one event time. */
  readonly availableAt: number;
  readonly id: string;
  readonly stored: StoredRecord;
}

/** Some 400 bytes each: 1.6 GB. */
export const entryLimit = 4_000_000;

/**
 * Bars go by event time, so that one that came too late to be taken in finds its place; everything else by availableAt,
 * and then as in a backfill: by id where several tasks write to a partition, else in the order of the log. Where the times
 * are equal the stage's earlier input goes first.
 */
export function compareRebuilt(one: RebuildEntry, other: RebuildEntry): number {
  return (
    compareMergeKeys({ availableAt: one.time, rank: one.rank }, { availableAt: other.time, rank: other.rank }) ||
    compareMergeKeys(withinInput(one), withinInput(other)) ||
    one.stored.partition - other.stored.partition ||
    one.stored.offset - other.stored.offset
  );
}

const withinInput = ({ input, availableAt, id }: RebuildEntry): MergeKey =>
  topics[input.name].repartitioned ? { availableAt, id } : { availableAt };

/**
 * Reads what the task has had its outcomes of, from the first record still held to the committed offset.
 *
 * @returns the entries, sorted, and how many records are none of the topic's schema (their outcome was a reject)
 * @throws UserError beyond `entryLimit` records
 */
export async function readInputs(
  log: PartitionLog,
  inputs: readonly InputPartition[],
  codecs: Partial<Record<TopicName, RecordCodec<TopicRecords[TopicName]>>>,
  onRead: (count: number) => void = () => undefined,
): Promise<{ entries: RebuildEntry[]; undecodable: number }> {
  const names = [...new Set(inputs.map(({ name }) => name))];
  const entries: RebuildEntry[] = [];
  let undecodable = 0;
  for (const input of inputs) {
    if (!input.committed) continue;
    const { offset, metadata } = input.committed;
    const codec = codecs[input.name];
    if (!codec) throw new Error(`no codec for ${input.name}`);
    // Inside a sorted part the offset stays at its beginning, and the place reached in it stands beside the offset.
    const { sort } = decodeProgress(metadata);
    const reached = sort?.after;
    const end = reached ? Math.max(offset, sort.end) : offset;
    for await (const records of log.read(input.topic, input.partition, input.low, end)) {
      for (const stored of records) {
        const entry = await toEntry(input, names.indexOf(input.name), stored, codec);
        if (!entry) undecodable += 1;
        else if (stored.offset < offset || (reached && compareMergeKeys(entry, reached) <= 0)) entries.push(entry);
      }
      if (entries.length > entryLimit) {
        throw new UserError(
          `Partition ${input.partition} has more than ${entryLimit} records to sort`,
          "Give the topics more partitions (`newstape topics repartition`), or `newstape reset` the stage.",
        );
      }
      onRead(entries.length);
    }
  }
  return { entries: entries.sort(compareRebuilt), undecodable };
}

async function toEntry(
  input: InputPartition,
  rank: number,
  stored: StoredRecord,
  codec: RecordCodec<TopicRecords[TopicName]>,
): Promise<RebuildEntry | undefined> {
  let record: TopicRecords[TopicName];
  try {
    record = await codec.read(stored.value);
  } catch (error) {
    if (error instanceof UndecodableError) return undefined;
    throw error;
  }
  const { availableAt, id } = inputPosition(input.name, record);
  const { eventTime } = record as { eventTime?: number };
  const time = topics[input.name].rebuiltByEventTime && eventTime !== undefined ? eventTime : availableAt;
  return {
    input,
    rank,
    time: Number.isFinite(time) ? time : -Infinity,
    availableAt,
    id,
    stored,
  };
}
