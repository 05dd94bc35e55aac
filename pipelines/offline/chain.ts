/**
 * The chain from news and bars to feature vectors over plain arrays: the operators of the stages, without Kafka. What a
 * model is trained on is therefore what it will be served.
 */
import { nyse } from "../../operators/calendar/nyse.js";
import type { ModelRouter } from "../../models/runtime/types.js";
import type { FeatureSet } from "../../operators/features/feature-set.js";
import { mergeEvents, type FeatureEvent } from "../../operators/features/offline.js";
import { features } from "../../operators/features/operator.js";
import { market } from "../../operators/market/market.js";
import type { Input, Outcome } from "../../operators/operator.js";
import { PlainState } from "../../operators/plain-state.js";
import { sentimentOperator } from "../../operators/sentiment/sentiment.js";
import type {
  Bar,
  FeaturesState,
  FeatureVector,
  MarketContext,
  MarketState,
  NewsArticle,
  NewsSentiment,
  SentimentState,
} from "../../schemas/generated/types.js";

const batchRecords = 1000;

/**
 * What the sentiment stage would publish.
 *
 * @param articles sorted by (availableAt, id)
 * @param router which model reads; one that picks none leaves VADER alone
 */
export async function offlineSentiments(
  articles: readonly NewsArticle[],
  router: ModelRouter<"sentiment">,
  onProgress: (done: number) => void = () => undefined,
): Promise<NewsSentiment[]> {
  const state = new PlainState<SentimentState>();
  const sentiments: NewsSentiment[] = [];
  for (let start = 0; start < articles.length; start += batchRecords) {
    const batch = articles.slice(start, start + batchRecords).map((record) => ({ topic: "news.raw" as const, record }));
    for (const outcome of await sentimentOperator.process(batch, state, { sentiment: router })) {
      if (outcome.kind === "emit") for (const { record } of outcome.records) sentiments.push(record);
    }
    onProgress(Math.min(articles.length, start + batchRecords));
  }
  return sentiments;
}

/**
 * What the market stage would publish.
 *
 * @param bars sorted by (availableAt, id)
 */
export function offlineContexts(bars: readonly Bar[]): MarketContext[] {
  const state = new PlainState<MarketState>();
  const contexts: MarketContext[] = [];
  for (let start = 0; start < bars.length; start += batchRecords) {
    const batch = bars.slice(start, start + batchRecords).map((record) => ({ topic: "market.bars" as const, record }));
    for (const outcome of market.process(batch, state)) {
      if (outcome.kind === "emit") for (const { record } of outcome.records) contexts.push(record);
    }
  }
  return contexts;
}

export interface OfflineHistory {
  /** Sorted by (availableAt, id). */
  readonly bars: readonly Bar[];
  readonly sentiments: readonly NewsSentiment[];
  readonly contexts: readonly MarketContext[];
}

/** What an input came to, without a vector. */
export type OtherOutcome = Exclude<Outcome<"features">, { kind: "emit" }>;

/**
 * What the features stage would publish, in its order.
 *
 * @param onOther called with whatever gave no vector: joined, a duplicate, rejected
 */
export function* offlineVectors(
  { bars, sentiments, contexts }: OfflineHistory,
  sets: readonly FeatureSet[],
  onOther: (event: FeatureEvent, outcome: OtherOutcome) => void = () => undefined,
): Generator<FeatureVector> {
  const state = new PlainState<FeaturesState>();
  const services = { calendar: nyse, sets };
  let batch: Input<"market.bars" | "market.context" | "news.sentiment">[] = [];
  const flush = function* (): Generator<FeatureVector> {
    const outcomes = features.process(batch, state, services);
    for (const [index, outcome] of outcomes.entries()) {
      const event = batch[index];
      if (outcome.kind === "emit") for (const { record } of outcome.records) yield record;
      else if (event) onOther(event, outcome);
    }
    batch = [];
  };
  for (const event of mergeEvents(bars, sentiments, contexts)) {
    batch.push(event);
    if (batch.length === batchRecords) yield* flush();
  }
  yield* flush();
}
