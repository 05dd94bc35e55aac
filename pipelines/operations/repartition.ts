/**
 * All topics under another prefix with another number of partitions. Kafka cannot move a key: more partitions send equal
 * keys to other tasks than the ones that hold their state, and a topic cannot be renamed. So everything is copied, each
 * key's records in their order and with their time stamps, states and offsets with them; the originals stay until they
 * are deleted by hand.
 */
import { topicNames, topics, type TopicName } from "../../schemas/topics.js";
import { nothingReadYet } from "../landing/landing-progress.js";
import type { Config } from "../runtime/config.js";
import { UserError } from "../runtime/errors.js";
import { BulkTransaction, type TimedRecord } from "../runtime/kafka/bulk-transaction.js";
import { partitionOf } from "../runtime/kafka/partition-of.js";
import type { CommittedOffset, StoredRecord } from "../runtime/kafka/types.js";
import { namesUnder, type Names } from "../runtime/names.js";
import { retrying } from "../runtime/retry.js";
import { committedProgress, encodeProgress } from "../runtime/stage/progress.js";
import { consumersOf, type Part } from "../stages/part.js";
import { applyPlan } from "./topics/apply.js";
import { desiredTopics, planTopics } from "./topics/plan.js";
import type { SubjectClient } from "./topics/subjects.js";
import { changelogState } from "./changelog.js";
import { refuseMembers } from "./idle.js";
import { mergeByTime } from "./merge-by-time.js";
import type { OperationsAccess } from "./reset.js";
import { findUnfinished, noted, refuseUnfinished } from "./unfinished.js";

export interface RepartitionOptions extends OperationsAccess {
  readonly config: Config;
  readonly subjects: SubjectClient;
  readonly partitions: number;
  readonly toPrefix: string;
}

export interface CopiedTopic {
  readonly from: string;
  readonly to: string;
  readonly records: number;
}

/**
 * @throws UserError when a stage runs, when records wait before one, or when the target holds records of something else
 */
export async function repartition(
  options: RepartitionOptions,
  onTopic: (copied: CopiedTopic) => void = () => undefined,
): Promise<CopiedTopic[]> {
  const { config, names, operations, partitions, toPrefix, admin } = options;
  if (toPrefix === config.topicPrefix) {
    throw new UserError(
      `The topics under the prefix "${toPrefix}" are the ones to be copied`,
      "Name another prefix with --to-prefix; afterwards they can be copied back to the first one.",
    );
  }
  const parts = consumersOf(options.parts);
  const idle = (): Promise<void> =>
    refuseMembers(operations, names, [...parts.map(({ name }) => name), "backfill"], "Changing the partition count");
  await idle();
  await refuseWaiting(options, parts);
  const target: Config = { ...config, partitions, topicPrefix: toPrefix };
  const to = namesUnder(toPrefix);
  const command = `topics repartition --partitions ${partitions} --to-prefix "${toPrefix}"`;
  const interrupted = await findUnfinished(options);
  if (interrupted && interrupted.command !== command) await refuseUnfinished(options);
  const desired = desiredTopics(target, options.parts, await admin.brokerCount());
  const existing = new Set(await admin.listTopics());
  const present = desired.map(({ name }) => name).filter((name) => existing.has(name));
  if (!interrupted) await refuseFilled(options, present);
  return noted(options, command, async () => {
    // What an interrupted run has copied is copied anew: a count of records does not show whether the copy is whole.
    await clear(options, present, parts, to);
    await applyPlan(await planTopics(desired, admin, options.subjects), admin, options.subjects);
    const copied: CopiedTopic[] = [];
    const done = (topic: CopiedTopic): void => {
      copied.push(topic);
      onTopic(topic);
    };
    for (const name of topicNames) done(await copyTopic(options, to, name));
    for (const { name, hasRejects, stateSchema, isOneTask } of parts) {
      if (hasRejects) done(await copyByKey(options, names.rejected(name), to.rejected(name), partitions));
      if (stateSchema !== undefined)
        done(await copyState(options, names.changelog(name), to.changelog(name), isOneTask ? 1 : partitions));
    }
    await copyOffsets(options, to, parts);
    await idle();
    return copied;
  });
}

/** The offsets of two topics do not correspond, so every group must be at the end of its inputs. */
async function refuseWaiting({ admin, log, names }: RepartitionOptions, parts: readonly Part[]): Promise<void> {
  const waiting: string[] = [];
  for (const { name, inputs } of parts) {
    const committed = await admin.committed(names.group(name), inputs.map(names.topic));
    for (const topic of inputs.map(names.topic)) {
      for (const { partition, low, stable } of await log.settledBounds(topic)) {
        const commit = committed.find((entry) => entry.topic === topic && entry.partition === partition);
        let count = 0;
        const from = Math.max(low, commit?.offset ?? low);
        for await (const records of log.read(topic, partition, from, stable)) count += records.length;
        if (count > 0) waiting.push(`${name}: ${count} of ${topic}/${partition}`);
      }
    }
  }
  if (waiting.length === 0) return;
  throw new UserError(
    `Records wait to be processed: ${waiting.slice(0, 5).join(", ")}${waiting.length > 5 ? ` and ${waiting.length - 5} more` : ""}`,
    `Stop what publishes, then drain stage by stage: ${parts.map(({ name }) => `newstape run ${name} --drain`).join("; ")}.`,
  );
}

async function refuseFilled({ log }: RepartitionOptions, present: readonly string[]): Promise<void> {
  for (const topic of present) {
    const bounds = await log.settledBounds(topic);
    if (bounds.every(({ low, high }) => low === high)) continue;
    throw new UserError(
      `${topic} holds records already`,
      "Choose another --to-prefix, or delete the topics under this one first.",
    );
  }
}

class StillThere extends Error {}

async function clear(
  { admin, operations }: RepartitionOptions,
  present: readonly string[],
  parts: readonly Part[],
  to: Names,
): Promise<void> {
  await operations.deleteGroups([...parts.map(({ name }) => to.group(name)), to.group("backfill")]);
  if (present.length === 0) return;
  await admin.deleteTopics(present);
  const left = async (): Promise<void> => {
    const still = (await admin.listTopics()).filter((name) => present.includes(name));
    if (still.length > 0) throw new StillThere(`the broker still has ${still.join(", ")}`);
  };
  await retrying(left, {
    backoff: { firstMs: 100, mostMs: 100 },
    isPassing: (error, tries) => error instanceof StillThere && tries <= 100,
  });
}

async function copyTopic(options: RepartitionOptions, to: Names, name: TopicName): Promise<CopiedTopic> {
  const from = options.names.topic(name);
  const target = to.topic(name);
  if (topics[name].partitions === "one") return copyByKey(options, from, target, 1);
  if (!topics[name].broadcast) return copyByKey(options, from, target, options.partitions);
  // Each partition has all records, under its own number as the key; one partition has them all.
  const [first] = await options.log.settledBounds(from);
  const records = first ? options.log.read(from, 0, first.low, first.stable) : nothing();
  const copies = async function* (): AsyncGenerator<TimedRecord> {
    for await (const portion of records) {
      for (const record of portion) {
        for (let partition = 0; partition < options.partitions; partition += 1)
          yield { ...toRecord(record, target, partition), key: String(partition) };
      }
    }
  };
  return { from, to: target, records: await write(options, target, copies()) };
}

/** Merged by time stamp, so that the target's time stamps rise too; one key stays in one partition and keeps its order. */
async function copyByKey(
  options: RepartitionOptions,
  from: string,
  to: string,
  partitions: number,
): Promise<CopiedTopic> {
  const records = async function* (): AsyncGenerator<TimedRecord> {
    for await (const record of await merged(options, from)) {
      const partition = record.key === null ? record.partition % partitions : partitionOf(record.key, partitions);
      yield toRecord(record, to, partition);
    }
  };
  return { from, to, records: await write(options, to, records()) };
}

/** The newest value of each key: what a restore would see, in the order in which it would see it. */
async function copyState(
  options: RepartitionOptions,
  from: string,
  to: string,
  partitions: number,
): Promise<CopiedTopic> {
  const states = await Promise.all(
    (await options.log.settledBounds(from)).map((bounds) => changelogState(options.log, from, bounds)),
  );
  const entries = states
    .flatMap((state) => [...state])
    .sort(([, one], [, other]) => one.timestamp - other.timestamp)
    .map(([key, { value, timestamp }]) => ({
      topic: to,
      partition: partitionOf(key, partitions),
      key,
      value,
      timestamp,
    }));
  return { from, to, records: await write(options, to, asyncOf(entries)) };
}

/** Merged by time stamp. */
async function merged({ log }: RepartitionOptions, topic: string): Promise<AsyncGenerator<StoredRecord>> {
  const bounds = await log.settledBounds(topic);
  return mergeByTime(bounds.map(({ partition, low, stable }) => log.read(topic, partition, low, stable)));
}

const toRecord = ({ key, value, headers, timestamp }: StoredRecord, topic: string, partition: number): TimedRecord => ({
  topic,
  partition,
  key,
  value,
  headers,
  timestamp,
});

/** The records of one transaction: a topic of any size must not run into the transaction's time-out. */
const transactionRecords = 20_000;

/** Writes with the records' own time stamps: `knownAt` is the time stamp, and copying must not change it. */
async function write(options: RepartitionOptions, topic: string, records: AsyncIterable<TimedRecord>): Promise<number> {
  const { admin, kafka, names } = options;
  const type = "message.timestamp.type";
  const before = (await admin.describeTopics([topic])).get(topic)?.config ?? {};
  await admin.changeConfig(topic, { [type]: "CreateTime" });
  const producer = new BulkTransaction(kafka, names.transactionalId("operations", 1));
  let count = 0;
  try {
    let piece: TimedRecord[] = [];
    for await (const record of records) {
      piece.push(record);
      if (piece.length < transactionRecords) continue;
      count += await producer.write(piece);
      piece = [];
    }
    if (piece.length > 0) count += await producer.write(piece);
  } finally {
    await producer.close();
  }
  await checkCount(options, topic, count, before["cleanup.policy"] === "compact");
  await admin.changeConfig(topic, { [type]: before[type] ?? null });
  return count;
}

/** Reads the copy back. Compaction may have been at work, but only on what has a newer value. */
async function checkCount(
  { log }: RepartitionOptions,
  topic: string,
  count: number,
  isCompacted: boolean,
): Promise<void> {
  let found = 0;
  for (const { partition, low, stable } of await log.settledBounds(topic))
    for await (const records of log.read(topic, partition, low, stable)) found += records.length;
  if (found === count || (isCompacted && found < count)) return;
  throw new UserError(`${topic} holds ${found} records, but ${count} were copied`, "Run the command again.");
}

/** Every group at the end of its copied inputs; the counts of the accounting go on from their sums. */
async function copyOffsets(options: RepartitionOptions, to: Names, parts: readonly Part[]): Promise<void> {
  const { admin, kafka, log, names } = options;
  const producer = new BulkTransaction(kafka, names.transactionalId("operations", 1));
  try {
    for (const { name, kind, inputs } of parts) {
      const committed = await admin.committed(names.group(name), inputs.map(names.topic));
      const offsets: CommittedOffset[] = [];
      for (const input of inputs) {
        const counted = committed.filter(({ topic }) => topic === names.topic(input));
        // Of the landing, a partition without counts is one of which they are not known.
        const isUnknown = kind !== "stage" && counted.some((entry) => !entry.metadata && entry.offset > 0);
        const metadata = isUnknown ? undefined : summed(counted);
        for (const { partition, stable } of await log.settledBounds(to.topic(input))) {
          const counts = metadata && { metadata: partition === 0 ? metadata : nothingReadYet };
          offsets.push({ topic: to.topic(input), partition, offset: stable, ...counts });
        }
      }
      await producer.write([], { groupId: to.group(name), offsets });
    }
    // Which histories a backfill has loaded: they are copied, and must not be loaded twice.
    const [histories] = await admin.committed(names.group("backfill"), [names.topic("news.raw")]);
    if (histories) {
      const offset = { ...histories, topic: to.topic("news.raw") };
      await producer.write([], { groupId: to.group("backfill"), offsets: [offset] });
    }
  } finally {
    await producer.close();
  }
}

/** @returns undefined where nothing was counted (the landing) */
function summed(committed: readonly CommittedOffset[]): string | undefined {
  return committed.some(({ metadata }) => metadata) ? encodeProgress(committedProgress(committed)) : undefined;
}

async function* asyncOf<Value>(values: Iterable<Value>): AsyncGenerator<Value> {
  yield* values;
}

async function* nothing(): AsyncGenerator<StoredRecord[]> {}
