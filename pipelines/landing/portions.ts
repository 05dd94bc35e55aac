/** What becomes of portions: the batch that is written, what cannot be decoded, and what to commit once the rest has landed. */
import { lineageHeaders } from "../../schemas/headers.js";
import type { LandedTopic, TopicName, TopicRecords } from "../../schemas/topics.js";
import { UndecodableError, type RecordCodec } from "../runtime/codec.js";
import type { CommittedOffset, StoredRecord } from "../runtime/kafka/types.js";
import type { LandedRecord, LandingBatch } from "./landed-record.js";
import type { Lane, Portion } from "./lane.js";
import type { LandingCounts } from "./landing-counts.js";
import { countOn, encodeReadCounts, type ReadCounts } from "./landing-progress.js";
import type { Codecs } from "./topic-witness.js";

export interface Refused {
  readonly lane: Lane;
  readonly stored: StoredRecord;
  readonly reason: string;
}

export interface DecodedPortions {
  readonly batch: LandingBatch;
  readonly refused: readonly Refused[];
}

/** @throws Error when a writer's schema cannot be had for the moment */
export async function decodePortions(portions: readonly Portion[], codecs: Partial<Codecs>): Promise<DecodedPortions> {
  const batch = new Map<TopicName, LandedRecord[]>();
  const refused: Refused[] = [];
  for (const { lane, records } of portions) {
    const list = batch.get(lane.name) ?? [];
    batch.set(lane.name, list);
    const codec = codecs[lane.name as LandedTopic] as RecordCodec<TopicRecords[TopicName]> | undefined;
    if (!codec) throw new Error(`no codec for ${lane.name}`);
    for (const stored of records) {
      try {
        list.push(await decode(codec, stored));
      } catch (error) {
        if (!(error instanceof UndecodableError)) throw error;
        refused.push({ lane, stored, reason: error.message });
      }
    }
  }
  return { batch, refused };
}

async function decode(codec: RecordCodec<TopicRecords[TopicName]>, stored: StoredRecord): Promise<LandedRecord> {
  const { partition, offset, timestamp, headers } = stored;
  const trigger = headers[lineageHeaders.trigger];
  return { record: await codec.read(stored.value), partition, offset, timestamp, trigger };
}

export interface LandedPortion {
  readonly portion: Portion;
  /** Of everything below the portion's end; undefined where it is not known. */
  readonly counts: ReadCounts | undefined;
  readonly offset: CommittedOffset;
}

/** @param counts what became of each topic's records */
export function landedPortions(
  portions: readonly Portion[],
  counts: ReadonlyMap<LandedTopic, LandingCounts>,
  refused: readonly Refused[],
): LandedPortion[] {
  const twice = new Map([...counts].map(([name, found]) => [name as TopicName, found.twice]));
  return portions.map((portion) => {
    const { lane, records, copies, next } = portion;
    // Of a topic, not of a partition: with the first of its lanes.
    const duplicate = twice.get(lane.name) ?? 0;
    twice.delete(lane.name);
    const reject = refused.filter((one) => one.lane === lane).length;
    const read = countOn(lane.counts, { emit: records.length + copies - duplicate - reject, duplicate, reject });
    const { topic, partition } = lane;
    const offset = { topic, partition, offset: next, ...(read && { metadata: encodeReadCounts(read) }) };
    return { portion, counts: read, offset };
  });
}
