/**
 * The stages over plain arrays, without Kafka: what a backfill of the same history would publish. Whatever a stage is, it is
 * by its declaration: its operator under the settings, its inputs in the order in which a task merges them, its outputs.
 * What a model is trained on, and what is checked for look-ahead, is therefore what is served.
 */
import type { ModelRouters } from "../../models/runtime/types.js";
import type { ModelTask } from "../../models/tasks.js";
import { mergeInputs } from "../../operators/merge.js";
import type { Input, Outcome, Output } from "../../operators/operator.js";
import { PlainState } from "../../operators/plain-state.js";
import type { TopicName, TopicRecords } from "../../schemas/topics.js";
import { operatorOf, type AnyStage } from "../runtime/stage/definition.js";
import { checkWiring } from "./wiring.js";

/** Records by topic, each topic's in the order of its log; one from outside is sorted by (availableAt, id). */
export type OfflineRecords = { readonly [Name in TopicName]?: readonly TopicRecords[Name][] };

export interface OfflineServices {
  /** Those of every stage that is made from settings, as the configuration has them. */
  readonly settings: object;
  /** Which models serve the tasks that the stages name. */
  readonly routers: Partial<ModelRouters<ModelTask>>;
  /** How many inputs a stage has taken. */
  readonly onProgress?: (stage: string, inputs: number) => void;
  /** A stage of several is through. */
  readonly onStage?: (stage: AnyStage, outputs: number, seconds: number) => void;
}

/** What an input came to, other than its outputs. */
export type OtherOutcome = Exclude<Outcome<TopicName>, { kind: "emit" }>;

/**
 * An operator publishes the same for any split into batches. One of a transaction's size may be too small to keep all workers of
 * a model busy.
 */
const smallestBatch = 1000;

/**
 * Everything that the stages would publish, by topic.
 *
 * @param stages in the order in which a record passes them
 * @throws UserError when a stage reads a topic without records, or lacks a model
 */
export async function runOffline(
  stages: readonly AnyStage[],
  inputs: OfflineRecords,
  services: OfflineServices,
): Promise<OfflineRecords> {
  checkWiring(stages, topicsIn(inputs), services.routers);
  const known: Partial<Record<TopicName, unknown[]>> = {};
  for (const stage of stages) {
    const started = performance.now();
    let count = 0;
    const given = { ...inputs, ...(known as OfflineRecords) };
    for (const name of stage.outputs as TopicName[]) known[name] = [];
    for await (const outputs of stageOutputs(stage, given, services)) {
      for (const { topic, record } of outputs) known[topic]?.push(record);
      count += outputs.length;
    }
    services.onStage?.(stage, count, (performance.now() - started) / 1000);
  }
  return known as OfflineRecords;
}

/**
 * What one stage would publish, batch by batch: nothing is held but its inputs and its state.
 *
 * @param onOther called with whatever gave no output: absorbed, a duplicate, rejected
 * @throws UserError as `runOffline`
 */
export async function* stageOutputs(
  stage: AnyStage,
  records: OfflineRecords,
  services: OfflineServices,
  onOther: (input: Input<TopicName>, outcome: OtherOutcome) => void = () => undefined,
): AsyncGenerator<readonly Output<TopicName>[]> {
  checkWiring([stage], topicsIn(records), services.routers);
  const operator = operatorOf(stage, services.settings);
  // Of whatever the stage keeps: the runner uses none of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const state = new PlainState<any>();
  const process = async (batch: readonly Input<TopicName>[]): Promise<Output<TopicName>[]> => {
    const outcomes = (await operator.process(batch, state, services.routers)) as readonly Outcome<TopicName>[];
    if (outcomes.length !== batch.length) {
      throw new Error(`${stage.name} gave ${outcomes.length} outcomes for ${batch.length} inputs`);
    }
    const outputs: Output<TopicName>[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.kind !== "emit") onOther(batch[index] as Input<TopicName>, outcome);
      if ("records" in outcome) for (const output of outcome.records ?? []) outputs.push(declared(stage, output));
    }
    return outputs;
  };
  const size = Math.max(stage.batch.records, smallestBatch);
  let batch: Input<TopicName>[] = [];
  let taken = 0;
  for (const input of mergeInputs(stage.inputs as TopicName[], records as Required<OfflineRecords>)) {
    batch.push(input);
    taken += 1;
    if (batch.length < size) continue;
    yield await process(batch);
    batch = [];
    services.onProgress?.(stage.name, taken);
  }
  if (batch.length > 0) yield await process(batch);
  services.onProgress?.(stage.name, taken);
}

function declared(stage: AnyStage, output: Output<TopicName>): Output<TopicName> {
  if ((stage.outputs as TopicName[]).includes(output.topic)) return output;
  throw new Error(`${stage.name} has no output ${output.topic}`);
}

/** @throws Error when no stage that was run writes it */
export function recordsOf<Name extends TopicName>(records: OfflineRecords, name: Name): readonly TopicRecords[Name][] {
  const found: readonly TopicRecords[Name][] | undefined = records[name];
  if (!found) throw new Error(`there are no records of ${name}`);
  return found;
}

export const topicsIn = (records: OfflineRecords): TopicName[] => Object.keys(records) as TopicName[];
