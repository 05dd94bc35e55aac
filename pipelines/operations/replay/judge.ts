/** Whether what a replay makes of an input is what was recorded. */
import { topics, type TopicName, type TopicRecords } from "../../../schemas/topics.js";
import type { RecordCodec } from "../../runtime/codec.js";
import type { RecordedRecord } from "./recorded-settings.js";

/** A record of the replay. */
export interface MadeRecord {
  readonly name: TopicName;
  readonly partition: number;
  readonly key: string | null;
  readonly value: Buffer;
  readonly record: TopicRecords[TopicName];
}

const idOf = (name: TopicName, record: unknown): string => (topics[name] as { id(record: unknown): string }).id(record);

/**
 * For each recorded record the one made in its place: that of its id, which differs between feature sets; else the first of
 * its key that is not taken yet. What is left over was made and not recorded.
 */
export function pair(
  recorded: readonly RecordedRecord[],
  made: readonly MadeRecord[],
): { readonly twins: readonly (MadeRecord | undefined)[]; readonly surplus: readonly MadeRecord[] } {
  const left = new Set(made);
  const take = ({ name, stored, record }: RecordedRecord, isSameId: boolean): MadeRecord | undefined => {
    for (const candidate of left) {
      const { partition, key } = candidate;
      if (candidate.name !== name || partition !== stored.partition || key !== stored.key) continue;
      if (isSameId && idOf(name, record) !== idOf(name, candidate.record)) continue;
      left.delete(candidate);
      return candidate;
    }
    return undefined;
  };
  const same = recorded.map((record) => take(record, true));
  return { twins: recorded.map((record, index) => same[index] ?? take(record, false)), surplus: [...left] };
}

export const schemaIdOf = (value: Buffer | null): number | undefined =>
  value === null || value.length < 5 ? undefined : value.readInt32BE(1);

export interface Judgement {
  /** unknown: what was recorded has fields that this build does not have. */
  readonly verdict: "identical" | "different" | "unknown";
  /** As far as the schema of what was recorded goes. */
  readonly recomputed: TopicRecords[TopicName];
}

/**
 * Byte by byte, under the schema that the record was written with: fields that came later do not count, and a record with
 * fields that this build does not know is not this build's to verify.
 */
export function judge(codec: RecordCodec<never>, stored: Buffer | null, { value, record }: MadeRecord): Judgement {
  const schemaId = schemaIdOf(stored);
  if (stored?.equals(value)) return { verdict: "identical", recomputed: record };
  if (stored === null || schemaId === undefined || schemaId === codec.schemaId) {
    return { verdict: "different", recomputed: record };
  }
  if (!codec.encodeAs(schemaId, codec.decode(stored)).equals(stored)) return { verdict: "unknown", recomputed: record };
  let written: Buffer;
  try {
    written = codec.encodeAs(schemaId, record as never);
  } catch {
    // E.g. a symbol of an enumeration that the former schema did not have.
    return { verdict: "different", recomputed: record };
  }
  return { verdict: written.equals(stored) ? "identical" : "different", recomputed: codec.decode(written) };
}
