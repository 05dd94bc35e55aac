/**
 * A stage's keyed state anew, from the log of its inputs and without publishing anything again: what its operator publishes
 * is dropped, the committed offsets stay where they are. A task's state is replaced in one transaction, so that whatever
 * interrupts it leaves the old state or the new one.
 */
import type { ModelRouters } from "../../models/runtime/types.js";
import type { ModelTask } from "../../models/tasks.js";
import type { TopicName } from "../../schemas/topics.js";
import { createSchemaRegistry, openCodecs, RecordCodec, subjectOf, type TopicCodecs } from "../runtime/codec.js";
import type { PipelineConfig } from "../config.js";
import { UserError } from "../runtime/errors.js";
import { BulkTransaction } from "../runtime/kafka/bulk-transaction.js";
import type { NewRecord } from "../runtime/kafka/types.js";
import { operatorOf, type AnyStage } from "../runtime/stage/definition.js";
import { processBatch, type ProcessContext } from "../runtime/stage/process-batch.js";
import type { MergedEntry } from "../runtime/stage/merge.js";
import { StateStore } from "../runtime/stage/state-store.js";
import { byTask } from "./by-task.js";
import { changelogState } from "./changelog.js";
import { refuseMembers } from "./idle.js";
import { readInputs, type InputPartition, type RebuildEntry } from "./rebuild-inputs.js";
import type { OperationsAccess } from "./reset.js";

export interface RebuildAccess extends OperationsAccess {
  readonly config: PipelineConfig;
  /** Models of the stage; looked up only where its state depends on them. */
  readonly routers: ModelRouters<ModelTask>;
  /** Replaces the producers: tests strike inside a transaction. */
  readonly createProducer?: (transactionalId: string) => BulkTransaction;
}

export interface InputReach {
  readonly topic: string;
  readonly partition: number;
  /** First offset still held; what lay below it is not seen. */
  readonly from: number;
  readonly to: number;
  /** When the first record that is still held was written (ISO 8601); null for an empty partition. */
  readonly since: string | null;
}

export interface RebuildPlan {
  readonly stage: string;
  readonly changelog: string;
  readonly inputs: readonly InputReach[];
  /** Input partitions of which retention (or a reset) has deleted the beginning: what stood there alone is missing. */
  readonly truncated: number;
}

export interface RebuiltTask {
  readonly task: number;
  readonly records: number;
  readonly keys: { readonly added: number; readonly changed: number; readonly same: number; readonly removed: number };
  /** Inputs that the operator refused this time too, by code. */
  readonly rejected: Readonly<Record<string, number>>;
}

/** @returns tasks whose models must be in `routers` for a rebuild of this stage */
export function modelsForRebuild(stage: AnyStage): ModelTask[] {
  return stage.stateNeedsModels === false ? [] : [...(stage.models as ModelTask[])];
}

/** @throws UserError for a stage that keeps no state */
export function statefulStage(stages: readonly AnyStage[], name: string): AnyStage {
  const stage = stages.find((candidate) => candidate.name === name);
  const stateful = stages.filter(({ stateSchema }) => stateSchema !== undefined).map((candidate) => candidate.name);
  if (!stage) throw new UserError(`There is no stage ${name} with a state`, `It is one of ${stateful.join(", ")}.`);
  if (stage.stateSchema === undefined) {
    throw new UserError(
      `The stage ${name} keeps no state: there is nothing to rebuild`,
      `Those that do are ${stateful.join(", ")}; \`newstape reset ${name}\` makes it start from the beginning.`,
    );
  }
  return stage;
}

/** How far the log reaches back, and what that means; changes nothing. */
export async function planRebuild(access: OperationsAccess, stage: AnyStage): Promise<RebuildPlan> {
  const tasks = await inputsByTask(access, stage);
  const inputs = await Promise.all(
    tasks.flat().map(async ({ topic, partition, low, end, committed }): Promise<InputReach> => {
      let since: string | null = null;
      for await (const [first] of access.log.read(topic, partition, low, Math.min(end, low + 1000))) {
        since = first ? new Date(first.timestamp).toISOString() : null;
        break;
      }
      return { topic, partition, from: low, to: committed?.offset ?? low, since };
    }),
  );
  return {
    stage: stage.name,
    changelog: access.names.changelog(stage.name),
    inputs,
    truncated: inputs.filter(({ from }) => from > 0).length,
  };
}

/** @throws UserError when the stage runs, or keeps no state */
export async function rebuild(
  access: RebuildAccess,
  stage: AnyStage,
  onTask: (task: RebuiltTask) => void = () => undefined,
): Promise<RebuiltTask[]> {
  const { config, names, operations } = access;
  const idle = (): Promise<void> => refuseMembers(operations, names, [stage.name], `Rebuilding ${stage.name}`);
  await idle();
  const registry = createSchemaRegistry(config);
  const involved = [...(stage.inputs as TopicName[]), ...(stage.outputs as TopicName[])];
  const codecs = await openCodecs(registry, involved, names.topic);
  const changelog = names.changelog(stage.name);
  const stateCodec = await RecordCodec.open<unknown>(registry, subjectOf(changelog), stage.stateSchema ?? "");
  const rebuilt: RebuiltTask[] = [];
  const count = (await inputsByTask(access, stage)).length;
  for (let task = 0; task < count; task += 1) {
    const producer =
      access.createProducer?.(names.transactionalId(stage.name, task)) ??
      new BulkTransaction(access.kafka, names.transactionalId(stage.name, task));
    try {
      // What is read after this can no longer change under another owner's hand.
      await producer.fence();
      await idle();
      const done = await rebuildTask({ ...access, stage, task, codecs, stateCodec, changelog, producer });
      rebuilt.push(done);
      onTask(done);
    } finally {
      await producer.close().catch(() => undefined);
    }
  }
  return rebuilt;
}

interface TaskRebuild extends RebuildAccess {
  readonly stage: AnyStage;
  readonly task: number;
  readonly codecs: Partial<TopicCodecs>;
  readonly stateCodec: RecordCodec<unknown>;
  readonly changelog: string;
  readonly producer: BulkTransaction;
}

async function rebuildTask(access: TaskRebuild): Promise<RebuiltTask> {
  const { log, stage, task, codecs, stateCodec, changelog, producer } = access;
  const inputs = (await inputsByTask(access, stage))[task] ?? [];
  const { entries, undecodable } = await readInputs(log, inputs, codecs);
  const state = new StateStore<unknown>();
  const rejected = await replay(access, state, entries);
  if (undecodable > 0) rejected.UNDECODABLE = (rejected.UNDECODABLE ?? 0) + undecodable;

  // The markers of the last transaction may still be on their way: its keys would be missed, and left in the new state.
  const bounds = (await log.settledBounds(changelog))[task];
  if (!bounds) throw new UserError(`${changelog} has no partition ${task}`, "Run `newstape topics plan`.");
  const before = await changelogState(log, changelog, bounds);
  const keys = { added: 0, changed: 0, same: 0, removed: 0 };
  const records: NewRecord[] = [];
  for (const [key, rebuiltValue] of state.entries()) {
    const old = before.get(key)?.value;
    const value = stateCodec.encode(await withSequence(rebuiltValue, old, stateCodec));
    keys[old === undefined ? "added" : old.equals(value) ? "same" : "changed"] += 1;
    records.push({ topic: changelog, partition: task, key, value });
  }
  for (const key of before.keys()) {
    if (state.get(key) !== undefined) continue;
    keys.removed += 1;
    records.push({ topic: changelog, partition: task, key, value: null });
  }
  // Unchanged keys are written too: a restored state has the order of the last writes, and operators may go by it.
  if (records.length > 0) await producer.write(records);
  return { task, records: entries.length, keys, rejected };
}

/** Runs the operator over the entries, as the stage would, and drops what it publishes. */
async function replay(
  access: TaskRebuild,
  state: StateStore<unknown>,
  entries: readonly RebuildEntry[],
): Promise<Record<string, number>> {
  const rejected: Record<string, number> = {};
  const { stage, names, codecs, routers } = access;
  const context: ProcessContext = {
    stage,
    operator: operatorOf(stage, access.config),
    names,
    partitions: 1,
    codecs,
    services: routers,
    onReject: (_, code) => (rejected[code] = (rejected[code] ?? 0) + 1),
  };
  const size = stage.batch.records;
  for (let start = 0; start < entries.length; start += size) {
    const batch = await Promise.all(
      entries.slice(start, start + size).map(async ({ input, stored, availableAt, id }): Promise<MergedEntry> => {
        const codec = codecs[input.name] as RecordCodec<never>;
        const entry = { topic: input.name, stored, decoded: await codec.read(stored.value), availableAt, id };
        return { entry, queue: 0, joined: [] };
      }),
    );
    state.begin();
    await processBatch(context, state, batch);
    state.apply();
  }
  return rejected;
}

/**
 * A sequence never goes back, even where the log has lost what had been counted: two records would have the same number.
 * A state that can no longer be read has none.
 */
async function withSequence(rebuilt: unknown, old: Buffer | undefined, codec: RecordCodec<unknown>): Promise<unknown> {
  if (old === undefined || typeof (rebuilt as { sequence?: unknown }).sequence !== "number") return rebuilt;
  const before = (await codec.read(old).catch(() => ({}))) as { sequence?: number };
  const { sequence } = rebuilt as { sequence: number };
  if (before.sequence === undefined || before.sequence <= sequence) return rebuilt;
  return { ...(rebuilt as object), sequence: before.sequence };
}

/** The input partitions of each task of the stage. */
async function inputsByTask({ admin, log, names }: OperationsAccess, stage: AnyStage): Promise<InputPartition[][]> {
  const inputs = stage.inputs as TopicName[];
  const committed = await admin.committed(names.group(stage.name), inputs.map(names.topic));
  return byTask(
    stage,
    names,
    (topic) => log.bounds(topic),
    ({ name, topic, bounds: { partition, low, stable } }) => {
      const commit = committed.find((entry) => entry.topic === topic && entry.partition === partition);
      return { name, topic, partition, committed: commit, low, end: stable };
    },
  );
}
