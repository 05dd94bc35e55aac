/**
 * A stage whose result shows every loss, repeat and disorder: it numbers the sentiments of each symbol, chains their ids
 * into a digest kept in the state, and publishes both.
 */
import { createHash } from "node:crypto";
import { emit, type KeyedState, type Operator } from "../../operators/operator.js";
import { recordId } from "../../operators/record-id.js";
import { defineStage } from "../../pipelines/runtime/stage/definition.js";
import type { FeatureVector, NewsSentiment } from "../../schemas/generated/types.js";

export interface CountState {
  count: number;
  digest: string;
}

export const countOperator: Operator<"news.sentiment", "features", CountState> = {
  name: "count",
  process: (batch, state) => batch.map(({ record }) => emit({ topic: "features", record: count(record, state) })),
};

function count(sentiment: NewsSentiment, state: KeyedState<CountState>): FeatureVector {
  const before = state.get(sentiment.symbol) ?? { count: 0, digest: "" };
  const digest = createHash("sha256").update(before.digest).update(sentiment.id).digest("hex").slice(0, 16);
  const after = { count: before.count + 1, digest };
  state.set(sentiment.symbol, after);
  return {
    id: recordId("count", sentiment.id, sentiment.symbol),
    symbol: sentiment.symbol,
    featureSet: digest,
    values: [sentiment.score],
    triggerId: sentiment.id,
    trigger: "sentiment",
    sequence: after.count,
    eventTime: sentiment.eventTime,
    asOf: sentiment.asOf,
    origin: sentiment.origin,
    interval: "1d",
    barId: "",
    barTime: 0,
    close: 1,
    sentimentMean: sentiment.score,
    sentimentCount: after.count,
    sentimentModel: null,
    marketId: null,
  };
}

export const countStage = defineStage({
  name: "count",
  inputs: ["news.sentiment"],
  outputs: ["features"],
  operator: countOperator,
  stateSchema: "../test/fixtures/count.state.avsc",
  models: [],
  batch: { records: 200 },
  description: "test: numbers what it sees",
});

/** The same stage, with sentiments that end the process as a crash in native code does: at once, and past every handler. */
export function poisonedStage(poison: ReadonlySet<string>) {
  const operator: typeof countOperator = {
    ...countOperator,
    process(batch, state, services) {
      if (batch.some(({ record }) => poison.has(record.id))) process.abort();
      return countOperator.process(batch, state, services);
    },
  };
  return defineStage({ ...countStage, operator });
}

/** The sentiment number `index` of a stream over `symbols` symbols. */
export function sentimentOf(index: number, symbols: number): NewsSentiment {
  const probabilities = { negative: 0.2, neutral: 0.3, positive: 0.5 };
  const time = Date.UTC(2015, 6, 1) + index * 1000;
  return {
    id: `sentiment-${index}`,
    articleId: `article-${index}`,
    symbol: `S${(index * 7919) % symbols}`,
    eventTime: time,
    asOf: time,
    origin: "live",
    score: 0.3,
    label: "positive",
    confidence: 0.5,
    blend: probabilities,
    transformer: null,
    vader: probabilities,
    vaderCompound: 0,
    model: null,
    arm: "champion",
    degraded: true,
    fingerprint: Buffer.alloc(0),
    report: false,
  };
}

/** What an undisturbed run over these inputs leaves: the state of each symbol. */
export function expectedState(inputs: readonly NewsSentiment[]): Map<string, CountState> {
  const states = new Map<string, CountState>();
  const state: KeyedState<CountState> = {
    get: (key) => states.get(key),
    set: (key, value) => void states.set(key, value),
    delete: (key) => void states.delete(key),
    entries: () => states.entries(),
  };
  for (const sentiment of inputs) count(sentiment, state);
  return states;
}
