import { TransientError } from "../../../schemas/transient-error.js";
import type { Input, Outcome, Output } from "../../../operators/operator.js";
import { lineageHeaders, traceHeader } from "../../../schemas/headers.js";
import type { RejectCode } from "../../../schemas/reject-codes.js";
import { topics, type TopicName, type TopicRecords } from "../../../schemas/topics.js";
import { UndecodableError, type RecordCodec, type TopicCodecs } from "../codec.js";
import { messageOf } from "../errors.js";
import type { Headers, NewRecord } from "../kafka/types.js";
import type { Names } from "../names.js";
import { rejectRecord } from "../reject-record.js";
import { topicRecord } from "../topic-record.js";
import type { AnyOperator, AnyStage } from "./definition.js";
import type { MergedEntry } from "./merge.js";
import type { OutcomeKind } from "./progress.js";
import type { StateStore } from "./state-store.js";

/** What a task needs to turn inputs into records. */
export interface ProcessContext {
  readonly stage: AnyStage;
  readonly names: Names;
  /** The stage's, made from the settings. */
  readonly operator: AnyOperator;
  readonly partitions: number;
  readonly codecs: Partial<TopicCodecs>;
  /** What the operator uses besides its inputs (models, by task). */
  readonly services: unknown;
  /** Called with every rejected input. */
  onReject?(entry: MergedEntry, code: RejectCode, reason: string): void;
}

export interface ProcessedEntry {
  readonly merged: MergedEntry;
  readonly kind: OutcomeKind;
  /** What is to be written because of it: its outputs, then its original bytes to the rejected topic where it was refused. */
  readonly records: readonly NewRecord[];
  /** How many of them are outputs. */
  readonly outputs: number;
  /** What the operator made of it; none where the operator did not run, or failed. */
  readonly outcome?: Outcome<TopicName>;
}

/**
 * Gives every entry exactly one outcome. A batch on which the operator throws is bisected down to the record at fault,
 * which alone is rejected; a `TransientError` passes through, for the whole batch to be tried again.
 *
 * @param state with one layer open
 */
export async function processBatch(
  context: ProcessContext,
  state: StateStore<unknown>,
  batch: readonly MergedEntry[],
): Promise<ProcessedEntry[]> {
  // Undecodable entries keep their place between the runs of decodable ones.
  const processed: ProcessedEntry[] = [];
  let run: MergedEntry[] = [];
  for (const merged of batch) {
    const { decoded } = merged.entry;
    if (!(decoded instanceof UndecodableError)) {
      run.push(merged);
      continue;
    }
    processed.push(...(await processRun(context, state, run)));
    run = [];
    processed.push(rejected(context, merged, "UNDECODABLE", decoded.message));
  }
  processed.push(...(await processRun(context, state, run)));
  return processed;
}

async function processRun(
  context: ProcessContext,
  state: StateStore<unknown>,
  run: readonly MergedEntry[],
): Promise<ProcessedEntry[]> {
  if (run.length === 0) return [];
  state.begin();
  try {
    const inputs = run.map(({ entry }) => ({ topic: entry.topic, record: entry.decoded })) as Input<TopicName>[];
    const outcomes = (await context.operator.process(inputs, state, context.services)) as readonly Outcome<TopicName>[];
    if (outcomes.length !== run.length) {
      throw new Error(`${context.stage.name} gave ${outcomes.length} outcomes for ${run.length} inputs`);
    }
    const processed = run.map((merged, index) => toProcessed(context, merged, outcomes[index] as Outcome<TopicName>));
    state.release();
    return processed;
  } catch (error) {
    state.rollback();
    if (error instanceof TransientError) throw error;
    const [only] = run;
    if (run.length === 1 && only) return [rejected(context, only, "OPERATOR_FAILED", messageOf(error))];
    const middle = run.length >> 1;
    const first = await processRun(context, state, run.slice(0, middle));
    return [...first, ...(await processRun(context, state, run.slice(middle)))];
  }
}

function toProcessed(context: ProcessContext, merged: MergedEntry, outcome: Outcome<TopicName>): ProcessedEntry {
  switch (outcome.kind) {
    case "emit": {
      const records = outputsOf(context, merged, outcome.records);
      return { merged, kind: "emit", records, outputs: records.length, outcome };
    }
    case "absorb":
    case "duplicate":
      return { merged, kind: outcome.kind, records: [], outputs: 0, outcome };
    case "reject": {
      const refused = rejected(context, merged, outcome.code, outcome.reason);
      if (!outcome.records?.length) return { ...refused, outcome };
      const outputs = outputsOf(context, merged, outcome.records);
      return { ...refused, records: [...outputs, ...refused.records], outputs: outputs.length, outcome };
    }
  }
}

function outputsOf(context: ProcessContext, merged: MergedEntry, records: readonly Output<TopicName>[]): NewRecord[] {
  const headers = lineage(context, merged);
  return records.flatMap((output) => toRecords(context, output, headers));
}

/** One record; or one in every partition, with the partition's number as its key, of a topic that is broadcast. */
function toRecords(context: ProcessContext, { topic: name, record }: Output<TopicName>, headers: Headers): NewRecord[] {
  const { names, partitions } = context;
  const codec = context.codecs[name] as RecordCodec<TopicRecords[TopicName]> | undefined;
  if (!codec) throw new Error(`${context.stage.name} has no output ${name}`);
  const only = topicRecord({ name, names, partitions, codec }, record, headers);
  if (!topics[name].broadcast) return [only];
  return Array.from({ length: partitions }, (_, partition) => ({ ...only, partition, key: String(partition) }));
}

/**
 * What cannot be derived again goes into headers, not into the value: offsets depend on how transactions were cut, and
 * a replay must give the same bytes.
 */
function lineage(context: ProcessContext, { entry, joined }: MergedEntry): Headers {
  const { topic, partition, offset, headers } = entry.stored;
  return {
    [lineageHeaders.trigger]: `${topic}/${partition}/${offset}`,
    ...(joined.length > 1 && {
      [lineageHeaders.joined]: joinedNames(context)
        .map((name, index) => `${name}:${joined[index]}`)
        .join(","),
    }),
    ...(headers[traceHeader] && { [traceHeader]: headers[traceHeader] }),
  };
}

/** What the positions after an entry belong to: the inputs, or each partition of them where one task reads all. */
function joinedNames({ stage, partitions }: ProcessContext): readonly string[] {
  const inputs = stage.inputs as readonly TopicName[];
  if (stage.partitions !== "all") return inputs;
  return inputs.flatMap((name) => Array.from({ length: partitions }, (_, partition) => `${name}/${partition}`));
}

/** Ends a record's way with its original bytes. */
export function rejected(
  context: ProcessContext,
  merged: MergedEntry,
  code: RejectCode,
  reason: string,
): ProcessedEntry {
  const { decoded, stored } = merged.entry;
  const origin = decoded instanceof UndecodableError ? undefined : (decoded as { origin?: string }).origin;
  context.onReject?.(merged, code, reason);
  const { names, partitions, stage } = context;
  const record = rejectRecord(names, partitions, stored, { stage: stage.name, code, reason, origin });
  return { merged, kind: "reject", records: [record], outputs: 0 };
}
