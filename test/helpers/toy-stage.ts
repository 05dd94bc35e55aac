/** A stage that is added to the list: what runs over all stages must cover it without a change. */
import type { TestContext } from "node:test";
import { absorb, emit, type Operator } from "../../operators/operator.js";
import { defineStage, type AnyStage } from "../../pipelines/runtime/stage/definition.js";
import type { Signal } from "../../schemas/generated/types.js";
import { topics, type TopicName } from "../../schemas/topics.js";

/** Puts a topic of signals under another name into the catalogue, for one test. */
export function addTopic(t: TestContext, name: string): void {
  const catalogue = topics as unknown as Record<string, unknown>;
  catalogue[name] = { ...topics.signals, name };
  t.after(() => Reflect.deleteProperty(catalogue, name));
}

export interface EchoOptions {
  readonly inputs?: readonly string[];
  readonly output?: string;
  /** Its strength is that of the last signal of the batch. */
  readonly looksAhead?: boolean;
  readonly isSilent?: boolean;
  readonly models?: readonly string[];
}

/** Publishes every signal again, with its number in `confidence`. */
export function echoStage(options: EchoOptions = {}): AnyStage {
  const { inputs = ["signals"], output = "toy.signals", looksAhead = false, isSilent = false, models = [] } = options;
  const operator: Operator<"signals", "signals", number> = {
    name: "echo",
    process: (batch, state) =>
      batch.map(({ record }) => {
        const count = (state.get(record.symbol) ?? 0) + 1;
        state.set(record.symbol, count);
        if (isSilent) return absorb;
        const { strength } = (looksAhead ? batch.at(-1)?.record : record) as Signal;
        return emit({ topic: output as "signals", record: { ...record, strength, confidence: 1 / count } });
      }),
  };
  const stage = defineStage({
    name: "echo",
    inputs: ["signals"],
    outputs: ["signals"],
    operator,
    stateSchema: "sentiment.state.avsc",
    models: [],
    batch: { records: 10 },
    description: "test: publishes every signal again",
  }) as AnyStage;
  return { ...stage, inputs: inputs as TopicName[], outputs: [output as TopicName], models: models };
}
