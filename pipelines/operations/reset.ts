/**
 * The stage and everything downstream of it start from the beginning: offsets are forgotten, states emptied, outputs
 * deleted. The raw inputs stay, and so do the ledgers of the database.
 *
 * Every step can be repeated, and the note of `unfinished.ts` keeps the stages from starting between two of them.
 */
import { nothingReadYet } from "../landing/landing-progress.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import { BulkTransaction } from "../runtime/kafka/bulk-transaction.js";
import type { Kafka } from "../runtime/kafka/client.js";
import type { OperationsAdmin } from "../runtime/kafka/operations-admin.js";
import type { PartitionLog } from "../runtime/kafka/partition-log.js";
import type { Names } from "../runtime/names.js";
import { keepersOf, type Part } from "../stages/part.js";
import { changelogKeys } from "./changelog.js";
import { refuseMembers } from "./idle.js";
import { withDownstream } from "./topology.js";
import { noted } from "./unfinished.js";

export interface OperationsAccess {
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly operations: OperationsAdmin;
  readonly log: PartitionLog;
  readonly names: Names;
  readonly parts: readonly Part[];
}

export interface ResetPlan {
  readonly stage: string;
  /** Stages that start from the beginning, in the order of the pipeline. */
  readonly stages: readonly string[];
  /** Consumer groups whose offsets are forgotten. */
  readonly groups: readonly string[];
  /** Changelogs that are emptied, with the number of their keys. */
  readonly changelogs: readonly { readonly topic: string; readonly keys: number }[];
  /** Topics whose records are deleted, with the number of offsets that they span. */
  readonly topics: readonly { readonly topic: string; readonly offsets: number }[];
  /** Parts that are no stages (the landing), with the topics of which they go on at their (new) beginning. */
  readonly moved: readonly { readonly part: string; readonly topics: readonly string[] }[];
}

/** What a reset would do; changes nothing. */
export async function planReset(access: OperationsAccess, stage: string): Promise<ResetPlan> {
  const { names, log } = access;
  const reset = withDownstream(access.parts, stage);
  const existing = new Set(await access.admin.listTopics());
  const outputs = reset.flatMap((part) => part.outputs).filter((topic) => existing.has(names.topic(topic)));
  const rejected = reset.map(({ name }) => names.rejected(name)).filter((topic) => existing.has(topic));
  const changelogs = reset
    .filter(({ stateSchema }) => stateSchema !== undefined)
    .map(({ name }) => names.changelog(name))
    .filter((topic) => existing.has(topic));
  return {
    stage,
    stages: reset.map(({ name }) => name),
    groups: reset.map(({ name }) => names.group(name)),
    changelogs: await Promise.all(
      changelogs.map(async (topic) => {
        const keys = await Promise.all(
          (await log.settledBounds(topic)).map((bounds) => changelogKeys(log, topic, bounds)),
        );
        return { topic, keys: keys.reduce((sum, found) => sum + found.length, 0) };
      }),
    ),
    topics: await Promise.all(
      [...outputs.map(names.topic), ...rejected].map(async (topic) => {
        const bounds = await log.settledBounds(topic);
        return { topic, offsets: bounds.reduce((sum, { low, high }) => sum + high - low, 0) };
      }),
    ),
    moved: keepersOf(access.parts)
      .map(({ name, inputs }) => ({
        part: name,
        topics: outputs.filter((topic) => inputs.includes(topic)).map(names.topic),
      }))
      .filter(({ topics }) => topics.length > 0),
  };
}

/** @throws UserError when one of the stages, or the landing or another part that is moved, runs */
export async function reset(
  access: OperationsAccess,
  plan: ResetPlan,
  onStep: (line: string) => void = () => undefined,
): Promise<void> {
  const { names, operations, kafka } = access;
  const stopped = new Set([...plan.stages, ...keepersOf(access.parts).map(({ name }) => name)]);
  const idle = (): Promise<void> => refuseMembers(operations, names, [...stopped], `Resetting ${plan.stage}`);
  await idle();
  await noted(access, `reset ${plan.stage}`, async () => {
    // 1. Fence: a process that was frozen can no longer write what it had begun.
    for (const part of access.parts.filter(({ name, kind }) => kind === "stage" && plan.stages.includes(name)))
      await fenceTasks(access, part);
    onStep(`fenced the tasks of ${plan.stages.join(", ")}`);
    // 2. Forget the offsets; the broker refuses this for a group that has got a member since.
    await idle();
    await operations.deleteGroups(plan.groups);
    onStep(`forgot the offsets of ${plan.groups.join(", ")}`);
    // 3. Empty the states. A compacted topic refuses the deletion of records, so every key gets a tombstone.
    for (const { topic } of plan.changelogs) {
      onStep(`emptied ${topic}: ${await emptyChangelog(access, topic)} keys`);
    }
    // 4. Delete what was published.
    for (const { topic } of plan.topics) {
      const bounds = await access.log.settledBounds(topic);
      const below = bounds.filter(({ low, high }) => high > low);
      if (below.length > 0) {
        await operations.deleteRecords(
          topic,
          below.map(({ partition, high }) => ({ partition, offset: high })),
        );
      }
      onStep(`deleted the records of ${topic}`);
    }
    // 5. The landing goes on where the emptied topics now begin; what it has landed of the others stays landed.
    for (const { part, topics } of plan.moved) {
      const offsets = (
        await Promise.all(
          topics.map(async (topic) =>
            (await access.log.settledBounds(topic)).map(({ partition, low }) => ({
              topic,
              partition,
              offset: low,
              metadata: nothingReadYet,
            })),
          ),
        )
      ).flat();
      const producer = new BulkTransaction(kafka, names.transactionalId("operations", 0));
      try {
        await producer.write([], { groupId: names.group(part), offsets });
      } finally {
        await producer.close();
      }
      onStep(`moved ${names.group(part)} to the beginning of ${topics.join(", ")}`);
    }
  });
}

async function fenceTasks(
  { kafka, log, names }: OperationsAccess,
  { name: stage, isOneTask, inputs: [input] }: Part,
): Promise<void> {
  const tasks = isOneTask || !input ? 1 : (await log.settledBounds(names.topic(input))).length;
  for (let task = 0; task < tasks; task += 1) {
    const producer = new BulkTransaction(kafka, names.transactionalId(stage, task));
    try {
      await producer.fence();
    } finally {
      await producer.close();
    }
  }
}

async function emptyChangelog({ kafka, log, names }: OperationsAccess, topic: string): Promise<number> {
  const producer = new BulkTransaction(kafka, names.transactionalId("operations", 0));
  try {
    let count = 0;
    for (const bounds of await log.settledBounds(topic)) {
      const { partition } = bounds;
      const keys = await changelogKeys(log, topic, bounds);
      if (keys.length === 0) continue;
      count += await producer.write(keys.map((key) => ({ topic, partition, key, value: null })));
    }
    return count;
  } finally {
    await producer.close();
  }
}
