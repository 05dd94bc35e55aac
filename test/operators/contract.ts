/**
 * What every operator must keep to, whatever it computes: the runner's exactly-once and "replay is live" rest on it.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import avro from "avsc";
import type { Input, Operator, Outcome } from "../../operators/operator.js";
import { notFinite } from "../../operators/finite.js";
import { schemaDirectory } from "../../schemas/files.js";
import { topics, type TopicName } from "../../schemas/topics.js";
import { deepFreeze, MemoryState } from "../helpers/memory-state.js";

export interface ContractCase<In extends TopicName, Out extends TopicName, State, Services> {
  readonly operator: Operator<In, Out, State, Services>;
  /** Inputs in processing order, which should lead to every kind of outcome that the operator has. */
  readonly inputs: readonly Input<In>[];
  readonly services: Services;
  /** File of the state's schema in `schemas/`; none for an operator without state. */
  readonly stateSchema?: string;
  /** Inputs, evenly spread, that are tried with a NaN in each of their numbers. */
  readonly poisoned?: number;
}

/** Registers the suite for one operator. */
export function contract<In extends TopicName, Out extends TopicName, State, Services>(
  name: string,
  { operator, inputs, services, stateSchema, poisoned = 25 }: ContractCase<In, Out, State, Services>,
): void {
  deepFreeze(inputs);
  const codec = stateSchema === undefined ? undefined : typeOf(stateSchema);
  const types = new Map<TopicName, avro.Type>();

  const encode = (outcome: Outcome<Out>): string => {
    if (outcome.kind !== "emit") return JSON.stringify(outcome);
    const records = outcome.records.map(({ topic, record }) => {
      let type = types.get(topic);
      if (!type) types.set(topic, (type = typeOf(topics[topic].schemaFile)));
      return `${topic} ${type.toBuffer(record).toString("hex")}`;
    });
    return `emit ${records.join(" ")}`;
  };

  const stateBytes = (state: MemoryState<State>): string[] => {
    const entries = [...state.entries()].map(([key, value]) => {
      assert.ok(codec, "an operator that writes state needs a stateSchema");
      return `${key} ${codec.toBuffer(value).toString("hex")}`;
    });
    return entries.sort();
  };

  /** The state as a new owner of the task would read it from the changelog. */
  const restored = (state: MemoryState<State>): MemoryState<State> =>
    new MemoryState(
      [...state.entries()].map(([key, value]) => [key, codec?.fromBuffer(codec.toBuffer(value)) as State]),
    );

  const runAll = async (
    batchSize: number,
    restoreBetween = false,
  ): Promise<{ outcomes: string[]; state: string[] }> => {
    let state = new MemoryState<State>();
    const outcomes: string[] = [];
    for (let start = 0; start < inputs.length; start += batchSize) {
      const batch = inputs.slice(start, start + batchSize);
      const found = await operator.process(batch, state, services);
      assert.equal(found.length, batch.length, `${batch.length} inputs from ${start} on`);
      for (const outcome of found) assertFinite(outcome as Outcome<TopicName>);
      outcomes.push(...found.map(encode));
      state.commit();
      if (restoreBetween) state = restored(state);
    }
    return { outcomes, state: stateBytes(state) };
  };

  void describe(`${name} keeps the contract of operators`, () => {
    let whole: Promise<{ outcomes: string[]; state: string[] }> | undefined;
    const expected = () => (whole ??= runAll(inputs.length || 1));

    test("one outcome for each input, every output fits its schema, nothing is NaN or infinite", async (context) => {
      const { outcomes } = await expected();
      assert.equal(outcomes.length, inputs.length);
      const emitting = outcomes.filter((outcome) => outcome.startsWith("emit ")).length;
      assert.ok(emitting > 0, "the inputs should lead to outputs");
      context.diagnostic(`${emitting} of ${inputs.length} inputs lead to outputs`);
    });

    test("an empty batch gives no outcome", async () => {
      assert.deepEqual([...(await operator.process([], new MemoryState<State>(), services))], []);
    });

    test("the same inputs give the same bytes", async () => {
      assert.deepEqual(await runAll(inputs.length || 1), await expected());
    });

    for (const batchSize of [1, 7]) {
      test(`batches of ${batchSize} give the same bytes as one batch`, async () => {
        assert.deepEqual(await runAll(batchSize), await expected());
      });
    }

    for (const batchSize of [1, 13]) {
      test(`state restored from its bytes after every ${batchSize} inputs gives the same bytes`, async () => {
        assert.deepEqual(await runAll(batchSize, true), await expected());
      });
    }

    test("ids of outputs are unique", async () => {
      const found = await operator.process(inputs, new MemoryState<State>(), services);
      const ids = found.flatMap((outcome) =>
        outcome.kind === "emit" ? outcome.records.map(({ topic, record }) => `${topic} ${idOf(topic, record)}`) : [],
      );
      assert.equal(new Set(ids).size, ids.length);
    });

    test("a NaN in an input is rejected, or refused by throwing, and leaves the state as it was", async () => {
      const stride = Math.max(1, Math.floor(inputs.length / poisoned));
      const state = new MemoryState<State>();
      for (const [index, input] of inputs.entries()) {
        for (const path of index % stride === 0
          ? numberPaths(input.record, typeOf(topics[input.topic].schemaFile))
          : []) {
          const broken = { topic: input.topic, record: withNaN(input.record, path) } as Input<In>;
          let outcome: Outcome<Out> | undefined;
          try {
            [outcome] = await operator.process([broken], state, services);
          } catch {
            state.rollback();
            continue;
          }
          const where = `input ${index}, ${input.topic}.${path.join(".")}`;
          assert.equal(outcome?.kind, "reject", where);
          assert.deepEqual(state.written, [], where);
        }
        await operator.process([input], state, services);
        state.commit();
      }
    });
  });
}

function typeOf(file: string): avro.Type {
  return avro.Type.forSchema(JSON.parse(readFileSync(join(schemaDirectory, file), "utf8")) as avro.Schema);
}

function idOf<Name extends TopicName>(topic: Name, record: unknown): string {
  return (topics[topic] as { id(record: unknown): string }).id(record);
}

function assertFinite(outcome: Outcome<TopicName>): void {
  if (outcome.kind !== "emit") return;
  for (const { topic, record } of outcome.records) {
    const path = notFinite(record);
    assert.equal(path, undefined, `${topic}.${path} is not finite`);
  }
}

type Path = readonly (string | number)[];

/** Where a record holds Avro doubles (whole numbers cannot be NaN on the wire). */
function numberPaths(value: unknown, type: avro.Type, path: Path = []): Path[] {
  const { typeName } = type;
  if (typeName === "double" || typeName === "float") return [path];
  if (type instanceof avro.types.RecordType) {
    const record = value as Record<string, unknown>;
    return type.fields.flatMap((field) => numberPaths(record[field.name], field.type, [...path, field.name]));
  }
  if (type instanceof avro.types.ArrayType) {
    return (value as unknown[]).flatMap((item, index) => numberPaths(item, type.itemsType, [...path, index]));
  }
  if (type instanceof avro.types.UnwrappedUnionType && value !== null) {
    const branch = type.types.find((candidate) => candidate.typeName !== "null" && candidate.isValid(value));
    return branch ? numberPaths(value, branch, path) : [];
  }
  return [];
}

function withNaN(record: unknown, path: Path): unknown {
  const copy = structuredClone(record);
  let owner = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) owner = owner[step] as Record<string | number, unknown>;
  owner[path.at(-1) as string] = NaN;
  return copy;
}
