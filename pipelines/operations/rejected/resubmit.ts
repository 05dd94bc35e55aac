/**
 * A rejected record, mended, into the topic that it came from. It counts from now on: whatever it is about, it was not known
 * before, so `availableAt` (of a derived record `asOf`) becomes the present and the origin `live`. A bar that was held back for its
 * price and is submitted as it is counts as `confirmed`: somebody has looked at it, and the stages take it.
 */
import { resubmittedHeader, traceHeader } from "../../../schemas/headers.js";
import type { RejectCode } from "../../../schemas/reject-codes.js";
import { topics, type TopicName, type TopicRecords } from "../../../schemas/topics.js";
import { createSchemaRegistry, openCodecs, UndecodableError, type RecordCodec } from "../../runtime/codec.js";
import type { Config } from "../../runtime/config.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import type { Kafka } from "../../runtime/kafka/client.js";
import type { OperationsAdmin } from "../../runtime/kafka/operations-admin.js";
import type { PartitionLog } from "../../runtime/kafka/partition-log.js";
import { PlainProducer } from "../../runtime/kafka/producers.js";
import type { Headers, NewRecord } from "../../runtime/kafka/types.js";
import type { Names } from "../../runtime/names.js";
import { topicRecord, type TopicEncoding } from "../../runtime/topic-record.js";
import { rejectPlaceText, type Reject } from "./rejects.js";

const outOfLine: RejectCode = "PRICE_OUT_OF_LINE";

export interface ResubmitAccess {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly names: Names;
  readonly log: PartitionLog;
  readonly operations: OperationsAdmin;
}

export interface Mending {
  /** Fields to be set, by dotted path. */
  readonly set?: ReadonlyMap<string, unknown>;
  /** The whole record in place of the rejected one, for bytes that cannot be decoded. */
  readonly record?: unknown;
  /** Submit even what was submitted before. */
  readonly force?: boolean;
}

export interface Resubmitted {
  readonly reject: string;
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
}

/** @throws UserError when it cannot be decoded, is no record of the topic, or was submitted before */
export async function resubmit(
  { config, kafka, names, log, operations }: ResubmitAccess,
  reject: Reject,
  mending: Mending,
): Promise<Resubmitted> {
  const place = rejectPlaceText(reject);
  const { topic: name } = reject;
  if (!name) throw new UserError(`${place} came from ${reject.trigger}, which is no topic under this prefix`);
  const codecs = await openCodecs(createSchemaRegistry(config), [name], names.topic);
  const codec = codecs[name] as unknown as RecordCodec<TopicRecords[TopicName]>;
  const before = mending.record ?? (await decoded(reject, codec));
  const record = mendedRecord(name, before, fieldsToSet(reject, mending), Date.now());
  const trace = reject.headers[traceHeader];
  const headers = { [resubmittedHeader]: place, ...(trace && { [traceHeader]: trace }) };
  const submitted = encoded({ name, names, partitions: config.partitions, codec }, record, place, headers);
  if (!mending.force) {
    const earlier = await findResubmitted({ log, operations }, submitted.topic, place, reject.rejectedAt);
    if (earlier !== undefined)
      throw new UserError(`${place} was submitted again before: ${earlier}`, "To do it once more, add --force.");
  }
  const producer = new PlainProducer(kafka);
  try {
    await producer.send([submitted]);
  } finally {
    await producer.close();
  }
  return { reject: place, topic: name, partition: submitted.partition, key: submitted.key ?? "" };
}

/** What is set of a reject: of a bar that was held back and is submitted as it is, that its price is right, as only a person can say. */
export function fieldsToSet(
  { code }: Pick<Reject, "code">,
  { set = new Map<string, unknown>(), record }: Mending,
): ReadonlyMap<string, unknown> {
  const isAsItWas = record === undefined && set.size === 0;
  return isAsItWas && code === outOfLine ? new Map([["confirmed", true]]) : set;
}

/** @throws UserError when it is no record of the topic */
function encoded<Name extends TopicName>(
  encoding: TopicEncoding<Name>,
  record: object,
  place: string,
  headers: Headers,
): NewRecord {
  try {
    return topicRecord(encoding, record as TopicRecords[Name], headers);
  } catch (error) {
    throw new UserError(
      `${place} is no record of ${encoding.name} as it was mended: ${messageOf(error)}`,
      `The fields stand in schemas/${topics[encoding.name].schemaFile}.`,
    );
  }
}

async function decoded(reject: Reject, codec: RecordCodec<TopicRecords[TopicName]>): Promise<object> {
  try {
    return await codec.read(reject.value);
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error;
    throw new UserError(
      `${rejectPlaceText(reject)} cannot be decoded: ${error.message}`,
      "Give the record that it should have been with --edit FILE (JSON).",
    );
  }
}

/** With these fields, by dotted path, and available from now on. @throws UserError when it has no such field */
export function mendedRecord(
  name: TopicName,
  record: object,
  fields: ReadonlyMap<string, unknown>,
  now: number,
): object {
  return asOfNow(name, withFields(record, fields), now);
}

function asOfNow(name: TopicName, record: object, now: number): object {
  return { ...record, [topics[name].timeField]: now, ...("origin" in record && { origin: "live" }) };
}

function withFields(record: object, fields: ReadonlyMap<string, unknown>): object {
  return [...fields].reduce((changed, [path, value]) => withField(changed, path.split("."), value, path), record);
}

/** A copy along the path alone: bytes would not be bytes any more in a clone. */
function withField(branch: object, [step = "", ...rest]: readonly string[], value: unknown, path: string): object {
  if (!Object.hasOwn(branch, step) || ArrayBuffer.isView(branch)) {
    throw new UserError(`The record has no ${path}`, `It has ${Object.keys(branch).join(", ")}.`);
  }
  const before = (branch as Record<string, unknown>)[step];
  if (rest.length > 0 && (typeof before !== "object" || before === null))
    throw new UserError(`The record has no ${path}`);
  const after = rest.length > 0 ? withField(before as object, rest, value, path) : value;
  if (Array.isArray(branch)) return branch.map((element: unknown, index) => (String(index) === step ? after : element));
  return { ...branch, [step]: after };
}

/** @returns its place; undefined when it was never submitted */
async function findResubmitted(
  { log, operations }: Pick<ResubmitAccess, "log" | "operations">,
  topic: string,
  place: string,
  since: number,
): Promise<string | undefined> {
  const starts = await operations.offsetsAt(topic, since);
  for (const { partition, low, stable } of await log.settledBounds(topic)) {
    const from = Math.max(low, starts.get(partition) ?? low);
    for await (const records of log.read(topic, partition, from, stable)) {
      const found = records.find(({ headers }) => headers[resubmittedHeader] === place);
      if (found) return `${topic}/${partition}/${found.offset}`;
    }
  }
  return undefined;
}
