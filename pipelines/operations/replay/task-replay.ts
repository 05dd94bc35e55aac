import { lineageHeaders } from "../../../schemas/headers.js";
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import type { RecordCodec, TopicCodecs } from "../../runtime/codec.js";
import type { PipelineConfig } from "../../config.js";
import type { StoredRecord } from "../../runtime/kafka/types.js";
import type { Names } from "../../runtime/names.js";
import { operatorOf, type AnyOperator, type AnyStage } from "../../runtime/stage/definition.js";
import type { MergedEntry } from "../../runtime/stage/merge.js";
import { processBatch, type ProcessContext, type ProcessedEntry } from "../../runtime/stage/process-batch.js";
import { StateStore } from "../../runtime/stage/state-store.js";
import { differences, type FieldDifference } from "./compare.js";
import { judge, pair, schemaIdOf, type MadeRecord } from "./judge.js";
import { placeText } from "./lineage.js";
import type { OrderedEntry, Stray } from "./logged-order.js";
import { choicesOf, type Choice } from "./recorded-choices.js";
import type { RecordedModels } from "./recorded-models.js";
import type { RecordedEmission } from "./recorded-outputs.js";
import { RecordedSettings, type RecordedRecord } from "./recorded-settings.js";

/** A record and what a replay made of it. */
export interface Comparison {
  readonly name: TopicName;
  readonly stored: StoredRecord;
  readonly recorded: TopicRecords[TopicName];
  /** undefined: the replay gave no such record. */
  readonly recomputed: TopicRecords[TopicName] | undefined;
  readonly isIdentical: boolean;
}

export interface Difference {
  readonly stage: string;
  /** missing: recorded, not recomputed; surplus: recomputed, not recorded. */
  readonly kind: "different" | "missing" | "surplus";
  readonly topic: string;
  /** topic/partition/offset of the record; of the input for one that was never recorded. */
  readonly place: string;
  readonly trigger: string;
  readonly key: string | null;
  readonly fields: readonly FieldDifference[];
  /** What may explain it. */
  readonly remark: string | null;
}

export interface ReplaySinks {
  /** Whether the record is within the options' range. */
  isWanted(record: TopicRecords[TopicName]): boolean;
  onCompared(comparison: Comparison): void;
  onDifference(difference: Difference): void;
  onUnverified(count: number, reason: string): void;
  onInput(): void;
}

export interface TaskReplayOptions extends ReplaySinks {
  readonly stage: AnyStage;
  readonly config: PipelineConfig;
  readonly names: Names;
  readonly codecs: Partial<TopicCodecs>;
  readonly models: RecordedModels;
}

interface Prepared {
  readonly ordered: OrderedEntry;
  readonly records: readonly RecordedRecord[];
  /** It only goes into the state: its outputs cannot be compared. */
  readonly isUnverified: boolean;
}

const unnamed = "the stage uses models, and its records do not name them to a replay (see choicesOf)";
const otherSettings = "it was published under settings (feature sets) that this build does not have";

/** Runs the stage's operator over one task's inputs as they were taken, and compares its outputs with the recorded ones. */
export async function replayTask(
  options: TaskReplayOptions,
  entries: AsyncIterable<OrderedEntry | Stray>,
): Promise<void> {
  const { stage, models, config, names, codecs } = options;
  const settings = new RecordedSettings(stage, config, (recorded) => decode(codecs, recorded));
  const operators = new Map<string, AnyOperator>();
  const contextOf = (): ProcessContext => {
    const operator = operators.get(settings.key) ?? operatorOf(stage, settings.inForce);
    operators.set(settings.key, operator);
    return { stage, operator, names, partitions: config.partitions, codecs, services: models.routers };
  };
  const state = new StateStore<unknown>();
  let batch: Prepared[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    state.begin();
    const merged = batch.map(({ ordered }): MergedEntry => ({
      entry: ordered.entry,
      queue: ordered.queue,
      joined: [],
    }));
    const processed = await processBatch(contextOf(), state, merged);
    state.apply();
    for (const [index, prepared] of batch.entries()) {
      const outcome = processed[index];
      if (outcome && !prepared.isUnverified) compare(options, prepared, outcome);
    }
    batch = [];
    models.forget();
  };
  for await (const ordered of entries) {
    if ("stray" in ordered) {
      for (const { name, stored } of ordered.stray.records) await reportStray(options, name, stored);
      continue;
    }
    options.onInput();
    const wanted = await settings.wantedFor(ordered);
    if (wanted && !settings.agrees(wanted)) {
      await flush();
      settings.choose(wanted);
    }
    const records = ordered.recorded ? await settings.recordsOf(ordered.recorded) : [];
    const choices: Choice[] = records.flatMap(({ name, record }) => choicesOf(name, record));
    if (!models.agrees(choices)) await flush();
    const isUnnamed = records.length > 0 && choices.length === 0 && (stage.models as unknown[]).length > 0;
    const fault = isUnnamed ? unnamed : wanted ? await models.choose(choices) : otherSettings;
    if (fault !== undefined) {
      // The input still has its effect on the state, which no model touches.
      options.onUnverified(records.filter(({ record }) => options.isWanted(record)).length, fault);
      batch.push({ ordered, records: [], isUnverified: true });
      await flush();
      continue;
    }
    batch.push({ ordered, records, isUnverified: false });
    if (batch.length >= stage.batch.records) await flush();
  }
  await flush();
}

const decode = async (
  codecs: Partial<TopicCodecs>,
  { name, stored }: RecordedEmission["records"][number],
): Promise<RecordedRecord> => ({ name, stored, record: await codecOf(codecs, name).read(stored.value) });

async function reportStray(options: TaskReplayOptions, name: TopicName, stored: StoredRecord): Promise<void> {
  const recorded = await codecOf(options.codecs, name).read(stored.value);
  if (!options.isWanted(recorded)) return;
  options.onCompared({ name, stored, recorded, recomputed: undefined, isIdentical: false });
  options.onDifference({
    stage: options.stage.name,
    kind: "missing",
    topic: name,
    place: placeText(stored),
    trigger: stored.headers[lineageHeaders.trigger] ?? "",
    key: stored.key,
    fields: [],
    remark: "Its input had been answered before: it was not written by the stage.",
  });
}

const codecOf = (codecs: Partial<TopicCodecs>, name: TopicName): RecordCodec<never> =>
  codecs[name] as unknown as RecordCodec<never>;

function compare(options: TaskReplayOptions, prepared: Prepared, outcome: ProcessedEntry): void {
  const { stage, codecs, names } = options;
  const { ordered, records } = prepared;
  const trigger = placeText(ordered.entry.stored);
  const remark = ordered.isOrderLost ? "The order of the inputs before it was too long to be logged." : null;
  const made = outcome.records.slice(0, outcome.outputs).flatMap(({ topic, partition, key, value }): MadeRecord[] => {
    const name = (stage.outputs as TopicName[]).find((output) => names.topic(output) === topic);
    return name && value ? [{ name, partition, key, value, record: codecOf(codecs, name).decode(value) }] : [];
  });
  const { twins, surplus } = pair(records, made);
  for (const [index, { name, stored, record }] of records.entries()) {
    if (!options.isWanted(record)) continue;
    const twin = twins[index];
    const { verdict, recomputed } = twin ? judge(codecOf(codecs, name), stored.value, twin) : missing;
    if (verdict === "unknown") {
      options.onUnverified(
        1,
        `schema id ${schemaIdOf(stored.value)} has fields that this build does not know: a newer one wrote it`,
      );
      continue;
    }
    options.onCompared({ name, stored, recorded: record, recomputed, isIdentical: verdict === "identical" });
    if (verdict === "identical") continue;
    options.onDifference({
      stage: stage.name,
      kind: twin ? "different" : "missing",
      topic: name,
      place: placeText(stored),
      trigger,
      key: stored.key,
      fields: twin ? differences(record, recomputed) : [],
      remark: twin ? remark : (remark ?? `The replay's outcome is ${outcome.kind}.`),
    });
  }
  // Without a recorded output there is no recorded choice of models either: its output would prove nothing.
  if (ordered.recorded === undefined && (stage.models as unknown[]).length > 0) return;
  for (const { name, key, record } of surplus) {
    if (!options.isWanted(record)) continue;
    options.onDifference({
      stage: stage.name,
      kind: "surplus",
      topic: name,
      place: trigger,
      trigger,
      key,
      fields: [],
      remark,
    });
  }
}

const missing = { verdict: "different", recomputed: undefined } as const;
