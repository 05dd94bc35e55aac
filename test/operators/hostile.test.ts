/**
 * Operators between sound inputs and any that fit the schemas: each input has one outcome, whatever is published is finite and
 * fits its schema, so does the state, and what is refused leaves no trace, but for a bar that is held back until the next one
 * shows whether its price is right.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type avro from "avsc";
import fc from "fast-check";
import { tasks } from "../../models/tasks.js";
import { notFinite } from "../../operators/finite.js";
import { features } from "../../operators/features/operator.js";
import { forecasts } from "../../operators/forecasts/operator.js";
import { market } from "../../operators/market/market.js";
import type { Input, Operator, Outcome } from "../../operators/operator.js";
import { scoresOperator, targets, type Target } from "../../operators/scores/scores.js";
import { sentimentOperator } from "../../operators/sentiment/sentiment.js";
import { parseSchema } from "../../pipelines/runtime/avro-types.js";
import { schemaText } from "../../pipelines/runtime/codec.js";
import { stages } from "../../pipelines/stages/index.js";
import { topics, type TopicName } from "../../schemas/topics.js";
import { arbitraryOf } from "../helpers/arbitrary-record.js";
import { MemoryState } from "../helpers/memory-state.js";
import { fixtureBars, fixtureSymbols, services as calendarOnly } from "../helpers/records.js";
import * as featureEvents from "./features/events.js";
import { mixedEvents as forecastEvents } from "./forecasts/events.js";
import { RecordingScorer, routers, vector } from "./scores/fakes.js";
import { article, RecordingClassifier, routes, start } from "./sentiment/fakes.js";

type Event = Input<TopicName>;
type AnyOperator = Operator<TopicName, TopicName, unknown>;

interface Case {
  readonly operator: AnyOperator;
  readonly services: unknown;
  readonly inputs: readonly TopicName[];
  readonly sound: readonly Event[];
  readonly stateSchema?: string;
}

const bars = fixtureSymbols
  .flatMap((symbol) => fixtureBars(symbol, 20))
  .sort((a, b) => a.availableAt - b.availableAt)
  .map((record) => ({ topic: "market.bars" as const, record }));
const scorerOf = (target: Target) =>
  new RecordingScorer(target, tasks[target].output === "quantiles" ? [0.1, 0.9] : []);

const cases: Record<string, Case> = {
  sentiment: {
    operator: sentimentOperator,
    services: routes({ AAPL: new RecordingClassifier() }),
    inputs: ["news.raw"],
    sound: Array.from({ length: 30 }, (_, index) => ({
      topic: "news.raw",
      record: article({ id: `article-${index}`, availableAt: start + index * 1000 }),
    })),
    stateSchema: "sentiment.state.avsc",
  },
  market: {
    operator: market,
    services: calendarOnly,
    inputs: ["market.bars"],
    sound: bars,
    stateSchema: "market.state.avsc",
  },
  features: {
    operator: features,
    services: featureEvents.services,
    inputs: ["market.bars", "news.sentiment", "market.context"],
    sound: featureEvents.mixedEvents(20, featureEvents.marketContexts(20)),
    stateSchema: "features.state.avsc",
  },
  scores: {
    operator: scoresOperator,
    services: routers(Object.fromEntries(targets.map((target) => [target, scorerOf(target)]))),
    inputs: ["features"],
    sound: Array.from({ length: 20 }, (_, index) => ({
      topic: "features",
      record: vector({ id: `vector-${index}`, sequence: index + 1 }),
    })),
  },
  forecasts: {
    operator: forecasts,
    services: calendarOnly,
    inputs: ["scores", "market.bars"],
    sound: forecastEvents().slice(0, 60),
    stateSchema: "forecasts.state.avsc",
  },
};

const types = new Map<string, avro.Type>();
function typeOf(file: string): avro.Type {
  const type = types.get(file) ?? parseSchema(JSON.parse(schemaText(file)) as avro.Schema);
  types.set(file, type);
  return type;
}
const typeOfTopic = (name: TopicName): avro.Type => typeOf(topics[name].schemaFile);

/** Something that fits the schema; or a sound record with some fields of such a thing. */
function hostile({ inputs, sound }: Case): fc.Arbitrary<Event> {
  const whole = inputs.map((topic) => arbitraryOf(typeOfTopic(topic)).map((record) => ({ topic, record }) as Event));
  const mixed = fc.nat({ max: sound.length - 1 }).chain((index) => {
    const { topic, record } = sound[index] as Event;
    const fields = Object.keys(record);
    return fc
      .tuple(arbitraryOf(typeOfTopic(topic)), fc.subarray(fields, { minLength: 1, maxLength: 3 }))
      .map(([other, names]) => {
        const from = other as Record<string, unknown>;
        const changed = Object.fromEntries(names.map((name) => [name, from[name]]));
        return { topic, record: { ...record, ...changed } } as Event;
      });
  });
  return fc.oneof({ weight: 1, arbitrary: fc.oneof(...whole) }, { weight: 3, arbitrary: mixed });
}

/** Each input by itself, as the runner does where one of a batch is at fault. @returns the outcomes; "threw" where it did */
async function runAll(of: Case, events: readonly Event[]) {
  const state = new MemoryState<unknown>();
  const outcomes: (Outcome<TopicName> | "threw")[] = [];
  for (const event of events) {
    try {
      const found = await of.operator.process([event], state, of.services);
      assert.equal(found.length, 1);
      outcomes.push(found[0] as Outcome<TopicName>);
      if (of.stateSchema !== undefined) {
        const type = typeOf(of.stateSchema);
        for (const key of state.written) {
          const value = state.get(key);
          if (value !== undefined) assert.ok(type.isValid(value), `the state ${key} fits its schema`);
        }
      }
      state.commit();
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      outcomes.push("threw");
      state.rollback();
    }
  }
  return { outcomes, state: [...state.entries()].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

test("every stage has its case, with the inputs and the state that it declares", () => {
  const declared = stages.map((stage) => [
    stage.name,
    { inputs: [...(stage.inputs as TopicName[])].sort(), stateSchema: stage.stateSchema },
  ]);
  const tried = Object.entries(cases).map(([name, { inputs, stateSchema }]) => [
    name,
    { inputs: [...inputs].sort(), stateSchema },
  ]);
  assert.deepEqual(Object.fromEntries(tried), Object.fromEntries(declared), "a stage is added to `cases` of this file");
});

for (const [name, of] of Object.entries(cases)) {
  void describe(name, () => {
    const streams = fc.array(fc.tuple(fc.nat({ max: of.sound.length }), hostile(of)), { minLength: 1, maxLength: 6 });
    /** Sound inputs with the hostile ones put in at their places, latest place first. */
    const mixedIn = (drawn: readonly (readonly [number, Event])[]): Event[] => {
      const events = [...of.sound];
      for (const [place, event] of drawn) events.splice(place, 0, event);
      return events;
    };

    test("one outcome each; what is published, and the state, is finite and fits its schema", async () => {
      await fc.assert(
        fc.asyncProperty(streams, async (drawn) => {
          const { outcomes, state } = await runAll(of, mixedIn(drawn));
          for (const outcome of outcomes) {
            if (outcome === "threw" || !("records" in outcome)) continue;
            for (const { topic, record } of outcome.records ?? []) {
              assert.equal(notFinite(record), undefined, `${topic} is finite`);
              assert.ok(typeOfTopic(topic).isValid(record), `${topic} fits its schema`);
            }
          }
          for (const [key, value] of state) assert.equal(notFinite(value), undefined, `the state ${key} is finite`);
        }),
        { numRuns: 60, seed: 5 },
      );
    });

    test("what is refused leaves no trace", async () => {
      await fc.assert(
        fc.asyncProperty(streams, async (drawn) => {
          const events = mixedIn(drawn);
          const all = await runAll(of, events);
          const isRefused = all.outcomes.map(
            (outcome) => outcome === "threw" || (outcome.kind === "reject" && outcome.code !== "PRICE_OUT_OF_LINE"),
          );
          const rest = await runAll(
            of,
            events.filter((_, index) => !isRefused[index]),
          );
          assert.deepEqual(
            rest.outcomes,
            all.outcomes.filter((_, index) => !isRefused[index]),
          );
          assert.deepEqual(rest.state, all.state);
        }),
        { numRuns: 30, seed: 6 },
      );
    });

    test("delivered twice, an input gives nothing new", async () => {
      const once = await runAll(of, of.sound);
      const twice = await runAll(
        of,
        of.sound.flatMap((event) => [event, event]),
      );
      const ids = (outcomes: typeof once.outcomes): string[] =>
        outcomes.flatMap((outcome) =>
          outcome !== "threw" && outcome.kind === "emit"
            ? outcome.records.map(({ topic, record }) => (topics[topic] as { id(of: unknown): string }).id(record))
            : [],
        );
      assert.deepEqual([...new Set(ids(twice.outcomes))], [...new Set(ids(once.outcomes))]);
    });
  });
}
