/** Records that a stage or the landing has refused, as stored in `<stage>.rejected`. */
import { rejectHeaders } from "../../../schemas/headers.js";
import { topicNames, type TopicName } from "../../../schemas/topics.js";
import { UserError } from "../../runtime/errors.js";
import type { PartitionLog } from "../../runtime/kafka/partition-log.js";
import type { Headers, StoredRecord } from "../../runtime/kafka/types.js";
import type { Names } from "../../runtime/names.js";

export interface RejectPlace {
  readonly stage: string;
  readonly partition: number;
  readonly offset: number;
}

export interface Reject extends RejectPlace {
  /** One of `rejectCodes`, unless another build wrote it. */
  readonly code: string;
  readonly reason: string;
  readonly key: string | null;
  /** When it was refused, ms since 1970. */
  readonly rejectedAt: number;
  /** Where the input lay: topic/partition/offset. */
  readonly trigger: string;
  /** The input's topic in the catalogue; undefined for a topic of another prefix. */
  readonly topic: TopicName | undefined;
  /** The original bytes. */
  readonly value: Buffer | null;
  readonly headers: Headers;
}

export interface RejectFilter {
  readonly stages: readonly string[];
  readonly code?: string | undefined;
  readonly keys?: ReadonlySet<string> | undefined;
  /** ms since 1970 */
  readonly since?: number | undefined;
}

export const rejectPlaceText = ({ stage, partition, offset }: RejectPlace): string => `${stage}/${partition}/${offset}`;

/** @throws UserError for what is no place */
export function parseRejectPlace(text: string, stages: readonly string[]): RejectPlace {
  const [, stage, partition, offset] = /^([a-z]+)\/(\d+)\/(\d+)$/.exec(text) ?? [];
  if (stage === undefined || !stages.includes(stage)) {
    throw new UserError(
      `${text} names no rejected record`,
      "It is STAGE/PARTITION/OFFSET, as `newstape rejected list` shows it.",
    );
  }
  return { stage, partition: Number(partition), offset: Number(offset) };
}

/** Partition by partition, in the order of the log. */
export async function* readRejects(log: PartitionLog, names: Names, filter: RejectFilter): AsyncGenerator<Reject> {
  for (const stage of filter.stages) {
    for (const { partition, low, stable } of await log.bounds(names.rejected(stage))) {
      for await (const records of log.read(names.rejected(stage), partition, low, stable)) {
        for (const stored of records) {
          const reject = toReject(stage, names, stored);
          if (filter.code !== undefined && reject.code !== filter.code) continue;
          if (filter.keys !== undefined && !filter.keys.has(reject.key ?? "")) continue;
          if (filter.since !== undefined && reject.rejectedAt < filter.since) continue;
          yield reject;
        }
      }
    }
  }
}

/** @throws UserError when nothing is there (any more) */
export async function findReject(log: PartitionLog, names: Names, place: RejectPlace): Promise<Reject> {
  const bounds = (await log.bounds(names.rejected(place.stage)))[place.partition];
  if (bounds && place.offset >= bounds.low && place.offset < bounds.stable) {
    for await (const records of log.read(
      names.rejected(place.stage),
      place.partition,
      place.offset,
      place.offset + 1,
    )) {
      const [stored] = records;
      if (stored) return toReject(place.stage, names, stored);
    }
  }
  throw new UserError(
    `There is no rejected record at ${rejectPlaceText(place)}`,
    "`newstape rejected list` shows those that retention has left.",
  );
}

function toReject(
  stage: string,
  names: Names,
  { partition, offset, key, value, headers, timestamp }: StoredRecord,
): Reject {
  const trigger = headers[rejectHeaders.trigger] ?? "";
  const physical = trigger.slice(0, trigger.indexOf("/"));
  return {
    stage,
    partition,
    offset,
    code: headers[rejectHeaders.code] ?? "",
    reason: headers[rejectHeaders.reason] ?? "",
    key,
    rejectedAt: timestamp,
    trigger,
    topic: topicNames.find((name) => names.topic(name) === physical),
    value,
    headers,
  };
}
