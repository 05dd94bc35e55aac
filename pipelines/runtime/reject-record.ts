/**
 * The record that a reject leaves in `<stage>.rejected`: the original key, bytes and headers, and in further headers the
 * code, the reason, the stage and the place of the original.
 */
import { rejectHeaders, traceHeader } from "../../schemas/headers.js";
import type { RejectCode } from "../../schemas/reject-codes.js";
import type { Headers, NewRecord, StoredRecord } from "./kafka/types.js";
import type { Logger } from "./logger.js";
import type { Names } from "./names.js";
import { partitionOf } from "./kafka/partition-of.js";

/**
 * A broker takes records up to 1,048,588 bytes by default, and the original may be as large already, or
 * larger still if it came compressed: a reject that did not fit would be tried for ever.
 */
const limits = {
  valueBytes: 900_000,
  beginningBytes: 65_536,
  keyCharacters: 4096,
  headerCharacters: 8192,
  reason: 1000,
};

export interface Rejection {
  readonly stage: string;
  readonly code: RejectCode;
  readonly reason: string;
  readonly origin?: string | undefined;
}

/** @param partitions of the topic of rejects */
export function rejectRecord(
  names: Names,
  partitions: number,
  stored: StoredRecord,
  { stage, code, reason, origin }: Rejection,
): NewRecord {
  const { topic, partition, offset, key, value } = stored;
  const { kept, dropped } = keptHeaders(stored.headers);
  const isWhole = value === null || value.length <= limits.valueBytes;
  const isLongKey = key !== null && key.length > limits.keyCharacters;
  return {
    topic: names.rejected(stage),
    partition: key === null ? partition % partitions : partitionOf(key, partitions),
    key: isLongKey ? key.slice(0, limits.keyCharacters) : key,
    value: isWhole ? value : value.subarray(0, limits.beginningBytes),
    headers: {
      ...kept,
      [rejectHeaders.code]: code,
      [rejectHeaders.reason]: reason.slice(0, limits.reason),
      [rejectHeaders.stage]: stage,
      [rejectHeaders.trigger]: `${topic}/${partition}/${offset}`,
      ...(origin && { [rejectHeaders.origin]: origin }),
      ...(!isWhole && { [rejectHeaders.valueBytes]: String(value.length) }),
      ...(isLongKey && { [rejectHeaders.keyCharacters]: String(key.length) }),
      ...(dropped > 0 && { [rejectHeaders.headersDropped]: String(dropped) }),
    },
  };
}

/** Beside the record, one line in the log: what was refused, where it stands, and why. */
export function logReject(
  logger: Logger,
  stored: StoredRecord,
  { code, reason }: Pick<Rejection, "code" | "reason">,
): void {
  const { topic, partition, offset, headers } = stored;
  logger.warn({ code, reason, topic, partition, offset, trace: headers[traceHeader] }, "rejected");
}

/** The original's headers in their order, as long as there is room; none that would pass for a header of a reject. */
function keptHeaders(headers: Headers): { kept: Headers; dropped: number } {
  const own = new Set<string>(Object.values(rejectHeaders));
  const kept: Record<string, string> = {};
  let room = limits.headerCharacters;
  let dropped = 0;
  for (const [name, text] of Object.entries(headers)) {
    if (own.has(name)) continue;
    if (name.length + text.length > room) dropped += 1;
    else {
      room -= name.length + text.length;
      kept[name] = text;
    }
  }
  return { kept, dropped };
}
