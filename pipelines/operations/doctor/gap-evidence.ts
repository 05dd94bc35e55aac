/** Why numbers are missing: what the topic has in place of their records, and what the accounting shows of the topic. */
import { topics as catalogue, type LandedTopic, type TopicRecords } from "../../../schemas/topics.js";
import { landingName } from "../../landing/landing-name.js";
import { createSchemaRegistry, RecordCodec, subjectOf, UndecodableError } from "../../runtime/codec.js";
import type { PartitionBounds } from "../../runtime/kafka/partition-log.js";
import type { Verdict } from "../accounting.js";
import type { Surroundings } from "./check.js";
import type { Gap, SequenceTable } from "./sequence-gaps.js";

export type GapCause =
  /** All of it is in landing_audit: the check of the ledgers reports it. */
  | "audited"
  /** The topic holds it, and the landing will come to it. */
  | "not landed yet"
  /** The topic holds it, the landing is past it, and the database has not got it. */
  | "passed over"
  /** The topic holds bytes of that key which are no record. */
  | "undecodable"
  /** The topic no longer reaches back to there, or was made anew. */
  | "deleted"
  /** The topic does not hold it, and lacks records that were counted as published. */
  | "lost"
  /** The topic does not hold it, and its accounting balances: the numbers were passed without a record. */
  | "skipped"
  /** The topic does not hold it, and its accounting can be judged when the landing has caught up. */
  | "not judged"
  /** The topic does not hold it, and its counts are not known. */
  | "absent";

/** Offsets that are read for one gap. */
const mostOffsets = 20_000;

export interface Evidence {
  readonly bounds: readonly PartitionBounds[];
  /** Up to where the landing has come, by partition. */
  readonly landedTo: ReadonlyMap<number, number>;
  readonly verdict: Verdict | undefined;
  /** Numbers of the gap that the topic holds, with their offsets; `unreadable` bytes besides. */
  readonly find: (gap: Gap) => Promise<{ offsets: readonly number[]; unreadable: number }>;
}

export async function openEvidence(
  { config, admin, log, names }: Surroundings,
  { topic, within }: SequenceTable,
  verdict: Verdict | undefined,
): Promise<Evidence> {
  const name = names.topic(topic);
  const codec = await RecordCodec.open<TopicRecords[LandedTopic]>(
    createSchemaRegistry(config),
    subjectOf(name),
    catalogue[topic].schemaFile,
  );
  const commits = await admin.committed(names.group(landingName), [name]);
  return {
    bounds: await log.bounds(name),
    landedTo: new Map(commits.map(({ partition, offset }) => [partition, offset])),
    verdict,
    find: async ({ of, from, to, before, after }) => {
      const offsets: number[] = [];
      let unreadable = 0;
      const end = Math.min(after.offset, before.offset + mostOffsets);
      for await (const records of log.read(name, before.partition, before.offset + 1, end)) {
        for (const { key, value, offset } of records) {
          if (within[0] === "symbol" && key !== of) continue;
          try {
            const record = (await codec.read(value)) as Readonly<Record<(typeof within)[number], string>> & {
              sequence?: number;
            };
            const number = record.sequence ?? 0;
            const series = within.map((name) => record[name]).join(" ");
            if (series === of && number >= from && number <= to) offsets.push(offset);
          } catch (fault) {
            if (!(fault instanceof UndecodableError)) throw fault;
            unreadable += 1;
          }
        }
      }
      return { offsets, unreadable };
    },
  };
}

export async function causeOf(gap: Gap, { bounds, landedTo, verdict, find }: Evidence): Promise<GapCause> {
  const { before, after, missing, audited } = gap;
  if (audited >= missing) return "audited";
  const bound = bounds.find(({ partition }) => partition === before.partition);
  const isWithin = bound && before.offset >= bound.low && after.offset < bound.high;
  // Rows of two topics, one after the other: their places show nothing of what lay between.
  if (!isWithin || before.partition !== after.partition || before.offset >= after.offset) return "deleted";
  const { offsets, unreadable } = await find(gap);
  if (offsets.length > 0) {
    const landed = landedTo.get(before.partition) ?? 0;
    return offsets.some((offset) => offset < landed) ? "passed over" : "not landed yet";
  }
  if (unreadable > 0) return "undecodable";
  if (verdict?.kind === "imbalance" && verdict.missing > 0) return "lost";
  if (verdict?.kind === "behind") return "not judged";
  return verdict?.kind === "balanced" ? "skipped" : "absent";
}
