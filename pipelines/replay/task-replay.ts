import type { TopicName, TopicRecords } from "../../schemas/topics.js";
import type { RecordCodec, TopicCodecs } from "../runtime/codec.js";
import type { Config } from "../runtime/config.js";
import type { NewRecord, StoredRecord } from "../runtime/kafka/types.js";
import type { Names } from "../runtime/names.js";
import { operatorOf, type AnyStage } from "../runtime/stage/definition.js";
import type { MergedEntry } from "../runtime/stage/merge.js";
import { processBatch, type ProcessContext, type ProcessedEntry } from "../runtime/stage/process-batch.js";
import { StateStore } from "../runtime/stage/state-store.js";
import { differences, type FieldDifference } from "./compare.js";
import { placeText } from "./lineage.js";
import type { OrderedEntry, Stray } from "./logged-order.js";
import { choicesOf, type Choice, type RecordedModels } from "./recorded-models.js";

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
  /** Whether the record is within what was asked for. */
  isWanted(record: TopicRecords[TopicName]): boolean;
  onCompared(comparison: Comparison): void;
  onDifference(difference: Difference): void;
  onUnverified(count: number, reason: string): void;
  onInput(): void;
}

export interface TaskReplayOptions extends ReplaySinks {
  readonly stage: AnyStage;
  readonly config: Config;
  readonly names: Names;
  readonly codecs: Partial<TopicCodecs>;
  readonly models: RecordedModels;
}

interface Prepared {
  readonly ordered: OrderedEntry;
  readonly records: readonly { readonly name: TopicName; readonly stored: StoredRecord; readonly record: unknown }[];
}

/** Runs the stage's operator over one task's inputs as they were taken, and compares what it says with what was said. */
export async function replayTask(
  options: TaskReplayOptions,
  entries: AsyncIterable<OrderedEntry | Stray>,
): Promise<void> {
  const { stage, models, config, names, codecs } = options;
  const context: ProcessContext = {
    stage,
    operator: operatorOf(stage, config),
    names,
    partitions: config.partitions,
    codecs,
    routers: models.routers,
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
    const processed = await processBatch(context, state, merged);
    state.apply();
    for (const [index, prepared] of batch.entries()) {
      const outcome = processed[index];
      if (outcome) await compare(options, prepared, outcome);
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
    const records = await Promise.all(
      (ordered.recorded?.records ?? []).map(async ({ name, stored }) => ({
        name,
        stored,
        record: await codecOf(codecs, name).read(stored.value),
      })),
    );
    const choices: Choice[] = records.flatMap(({ name, record }) => choicesOf(name, record));
    if (!models.agrees(choices)) await flush();
    const fault = await models.choose(choices);
    if (fault !== undefined) {
      // The input still has its effect on the state, which no model touches.
      options.onUnverified(records.filter(({ record }) => options.isWanted(record)).length, fault);
      batch.push({ ordered: { ...ordered, recorded: undefined }, records: [] });
      await flush();
      continue;
    }
    batch.push({ ordered, records });
    if (batch.length >= stage.batch.records) await flush();
  }
  await flush();
}

async function reportStray(options: TaskReplayOptions, name: TopicName, stored: StoredRecord): Promise<void> {
  const recorded = await codecOf(options.codecs, name).read(stored.value);
  if (!options.isWanted(recorded)) return;
  options.onCompared({ name, stored, recorded, recomputed: undefined, isIdentical: false });
  options.onDifference({
    stage: options.stage.name,
    kind: "missing",
    topic: name,
    place: placeText(stored),
    trigger: stored.headers["newstape-trigger"] ?? "",
    key: stored.key,
    fields: [],
    remark: "Its input had been answered before: it was not written by the stage.",
  });
}

const codecOf = (codecs: Partial<TopicCodecs>, name: TopicName): RecordCodec<never> =>
  codecs[name] as unknown as RecordCodec<never>;

async function compare(options: TaskReplayOptions, prepared: Prepared, outcome: ProcessedEntry): Promise<void> {
  const { stage, codecs, names } = options;
  const { ordered, records } = prepared;
  const made: NewRecord[] = outcome.kind === "emit" ? [...outcome.records] : [];
  const trigger = placeText(ordered.entry.stored);
  const remark = ordered.isOrderLost ? "The order of the inputs before it was too long to be logged." : null;
  for (const { name, stored, record } of records) {
    const index = made.findIndex(
      ({ topic, partition, key }) => topic === stored.topic && partition === stored.partition && key === stored.key,
    );
    // Several records of one key from one input (feature sets side by side) come in their order.
    const [twin] = index < 0 ? [] : made.splice(index, 1);
    if (!options.isWanted(record as never)) continue;
    const recomputed = twin && (codecOf(codecs, name).decode(twin.value) as unknown as TopicRecords[TopicName]);
    const isIdentical = twin !== undefined && sameBytes(stored, twin, record, codecOf(codecs, name));
    options.onCompared({ name, stored, recorded: record as never, recomputed, isIdentical });
    if (isIdentical) continue;
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
  // Without a recorded output there is no recorded choice of models either: what it would say tells nothing.
  if (ordered.recorded === undefined && (stage.models as unknown[]).length > 0) return;
  for (const { topic, key, value } of made) {
    const name = (stage.outputs as TopicName[]).find((output) => names.topic(output) === topic);
    if (!name) continue;
    const record = codecOf(codecs, name).decode(value);
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

/** Under the schema that it was written with; a record of an older schema is compared in the present one. */
function sameBytes(stored: StoredRecord, made: NewRecord, record: unknown, codec: RecordCodec<never>): boolean {
  if (!stored.value || !made.value) return stored.value === made.value;
  const isSameSchema = stored.value.readInt32BE(1) === made.value.readInt32BE(1);
  const recorded = isSameSchema ? stored.value : codec.encode(record as never);
  return recorded.subarray(5).equals(made.value.subarray(5));
}
