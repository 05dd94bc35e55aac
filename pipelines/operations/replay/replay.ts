/**
 * The log again through the stages' own operators, in the order in which the tasks took it, with the models that the
 * records name: what comes out must be what was published, byte for byte. Each stage is verified from its recorded inputs.
 */
import { isModelTask, type ModelTask } from "../../../models/tasks.js";
import type { ModelVersion } from "../../../schemas/generated/types.js";
import { topics, type TopicName, type TopicRecords } from "../../../schemas/topics.js";
import { createSchemaRegistry, openCodecs } from "../../runtime/codec.js";
import type { PipelineConfig } from "../../config.js";
import { UserError } from "../../runtime/errors.js";
import type { ClusterAdmin } from "../../runtime/kafka/admin.js";
import type { Kafka } from "../../runtime/kafka/client.js";
import type { PartitionLog } from "../../runtime/kafka/partition-log.js";
import type { Names } from "../../runtime/names.js";
import { readRegistry } from "../../serving/read-registry.js";
import type { AnyStage } from "../../runtime/stage/definition.js";
import { byTask } from "../by-task.js";
import { InputReader } from "./input-reader.js";
import { loggedOrder, UnreadableLog } from "./logged-order.js";
import { RecordedModels } from "./recorded-models.js";
import { recordedEmissions } from "./recorded-outputs.js";
import {
  replayTask,
  type Comparison,
  type Difference,
  type ReplaySinks,
  type TaskReplayOptions,
} from "./task-replay.js";

export interface ReplayAccess {
  readonly config: PipelineConfig;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly log: PartitionLog;
  readonly names: Names;
  /** In the order of the pipeline. */
  readonly stages: readonly AnyStage[];
}

export interface ReplayOptions extends ReplayAccess {
  /** Only records with `asOf` from this moment on (ms since 1970); what is before is computed, not compared. */
  readonly from?: number | undefined;
  /** … and before this one. */
  readonly to?: number | undefined;
  readonly symbols?: ReadonlySet<string> | undefined;
  /** Models to be used instead of the recorded ones of their task, name@version: "what would it have given?" */
  readonly with?: readonly string[];
  readonly onCompared?: (comparison: Comparison) => void;
  readonly onDifference?: (difference: Difference) => void;
  readonly onStage?: (result: StageReplay) => void;
}

export interface StageReplay {
  readonly stage: string;
  readonly inputs: number;
  /** Records compared. */
  readonly records: number;
  readonly identical: number;
  readonly differences: number;
  /** Records that could not be compared, by reason. */
  readonly unverified: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** @throws UserError for models that the registry does not know */
export async function replay(options: ReplayOptions): Promise<StageReplay[]> {
  const { config, names, stages } = options;
  const { models: versions } = await readRegistry(options);
  const instead = replacements(options.with ?? [], versions);
  const registry = createSchemaRegistry(config);
  const involved = [
    ...new Set(stages.flatMap(({ inputs, outputs }) => [...(inputs as TopicName[]), ...(outputs as TopicName[])])),
  ];
  const codecs = await openCodecs(registry, involved, names.topic);
  const replaced = new Replaced(instead.size > 0);
  const results: StageReplay[] = [];
  for (const stage of stages) {
    const models = new RecordedModels(config, versions, instead);
    try {
      const result = await replayStage(options, { stage, codecs, models, replaced });
      results.push(result);
      options.onStage?.(result);
    } finally {
      await models.close();
    }
  }
  return results;
}

interface Subject {
  readonly stage: AnyStage;
  readonly codecs: Awaited<ReturnType<typeof openCodecs>>;
  readonly models: RecordedModels;
  readonly replaced: Replaced;
}

/** What the stages before made with other models, in place of what is recorded: by topic and id. */
class Replaced {
  readonly #records = new Map<TopicName, Map<string, unknown>>();

  constructor(private readonly isChanging: boolean) {}

  of(name: TopicName, record: unknown): unknown {
    return this.#records.get(name)?.get(idOf(name, record)) ?? record;
  }

  note({ name, recomputed, isIdentical }: Comparison): void {
    if (!this.isChanging || !recomputed || isIdentical) return;
    const known = this.#records.get(name) ?? new Map<string, unknown>();
    this.#records.set(name, known.set(idOf(name, recomputed), recomputed));
  }
}

const idOf = (name: TopicName, record: unknown): string => (topics[name] as { id(record: unknown): string }).id(record);

async function replayStage(options: ReplayOptions, { replaced, ...subject }: Subject): Promise<StageReplay> {
  const { stage, codecs } = subject;
  const started = performance.now();
  const unverified: Record<string, number> = {};
  const count = { inputs: 0, records: 0, identical: 0, differences: 0 };
  const sinks: ReplaySinks = {
    isWanted: (record) => isWanted(options, record),
    onInput: () => (count.inputs += 1),
    onUnverified: (records, reason) => {
      if (records > 0) unverified[reason] = (unverified[reason] ?? 0) + records;
    },
    onCompared: (comparison) => {
      count.records += 1;
      if (comparison.isIdentical) count.identical += 1;
      replaced.note(comparison);
      options.onCompared?.(comparison);
    },
    onDifference: (difference) => {
      count.differences += 1;
      options.onDifference?.(difference);
    },
  };
  const tasks = await tasksOf(options, stage, codecs, (name, record) => replaced.of(name, record));
  for (const [task, readers] of tasks.entries())
    await replayPartitions({ ...options, ...subject, ...sinks }, task, readers);
  return { stage: stage.name, ...count, unverified, seconds: (performance.now() - started) / 1000 };
}

/** One task, unless its log no longer tells what it did. */
async function replayPartitions(
  options: ReplayAccess & TaskReplayOptions,
  task: number,
  readers: readonly InputReader[],
): Promise<void> {
  const { admin, log, names, stage } = options;
  const emissions = () => recordedEmissions(log, stage, names, task, isOwnOf(readers));
  const cut = readers.find(({ bounds }) => bounds.low > 0);
  if (cut && stage.stateSchema !== undefined) {
    let count = 0;
    for await (const { records } of emissions()) count += records.length;
    options.onUnverified(
      count,
      `the beginning of ${cut.topic}/${cut.bounds.partition} has been deleted, and the state with it`,
    );
    return;
  }
  const committed = await admin.committed(names.group(stage.name), [...new Set(readers.map(({ topic }) => topic))]);
  const ends = readers.map(
    ({ topic, bounds }) =>
      committed.find((entry) => entry.topic === topic && entry.partition === bounds.partition)?.offset ?? 0,
  );
  try {
    await replayTask(options, loggedOrder(readers, emissions(), ends));
  } catch (error) {
    if (!(error instanceof UnreadableLog)) throw error;
    options.onUnverified(1, error.message);
  }
}

function replacements(wanted: readonly string[], versions: readonly ModelVersion[]): Map<ModelTask, ModelVersion> {
  const instead = new Map<ModelTask, ModelVersion>();
  for (const key of wanted) {
    const found = versions.find(({ name, version }) => `${name}@${version}` === key);
    if (!found || !isModelTask(found.task)) {
      const known = versions.map(({ name, version }) => `${name}@${version}`).join(", ");
      throw new UserError(`The registry does not know the model ${key}`, `It is one of ${known}.`);
    }
    instead.set(found.task, found);
  }
  return instead;
}

/** The input partitions of each task. */
async function tasksOf(
  { log, names }: ReplayOptions,
  stage: AnyStage,
  codecs: Awaited<ReturnType<typeof openCodecs>>,
  replace: (name: TopicName, record: unknown) => unknown,
): Promise<InputReader[][]> {
  return byTask(
    stage,
    names,
    (topic) => log.settledBounds(topic),
    ({ name, topic, bounds }) => new InputReader(log, name, topic, bounds, codecs[name], replace),
  );
}

const isOwnOf = (readers: readonly InputReader[]) => {
  const own = new Set(readers.map(({ topic, bounds }) => `${topic}/${bounds.partition}`));
  return ({ topic, partition }: { topic: string; partition: number }): boolean => own.has(`${topic}/${partition}`);
};

function isWanted(
  { from = -Infinity, to = Infinity, symbols }: ReplayOptions,
  record: TopicRecords[TopicName],
): boolean {
  const { asOf, symbol } = record as { asOf?: number; symbol?: string };
  if (asOf !== undefined && (asOf < from || asOf >= to)) return false;
  return !symbols || symbol === undefined || symbols.has(symbol);
}
