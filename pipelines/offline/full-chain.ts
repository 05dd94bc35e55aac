import { nyse } from "../../operators/calendar/nyse.js";
import type { FeatureSet } from "../../operators/features/feature-set.js";
import { forecasts } from "../../operators/forecasts/operator.js";
import type { Input } from "../../operators/operator.js";
import { PlainState } from "../../operators/plain-state.js";
import { scoresOperator, type Target } from "../../operators/scores/scores.js";
import type { ModelRouters } from "../../models/runtime/types.js";
import type { ModelTask } from "../../models/tasks.js";
import type {
  Bar,
  FeatureVector,
  Forecast,
  ForecastsState,
  NewsArticle,
  Score,
  Signal,
} from "../../schemas/generated/types.js";
import type { TopicRecords } from "../../schemas/topics.js";
import { offlineContexts, offlineSentiments, offlineVectors } from "./chain.js";

/** What comes in from outside, sorted by (availableAt, id). */
export interface RawHistory {
  readonly news: readonly NewsArticle[];
  readonly bars: readonly Bar[];
}

/** Everything that the stages would say of it, in the order in which each would. */
export type ChainRecords = {
  readonly [Name in (typeof derivedTopics)[number]]: readonly TopicRecords[Name][];
};

export const derivedTopics = [
  "news.sentiment",
  "market.context",
  "features",
  "scores",
  "forecasts",
  "signals",
] as const;

export interface ChainModels {
  readonly sets: readonly FeatureSet[];
  readonly routers: ModelRouters<ModelTask>;
}

const batchRecords = 500;

/** A backfill of the history over plain arrays: the stages' own operators, one after the other. */
export async function runChain({ news, bars }: RawHistory, { sets, routers }: ChainModels): Promise<ChainRecords> {
  const sentiments = await offlineSentiments(news, routers.sentiment);
  const contexts = offlineContexts(bars);
  const vectors = [...offlineVectors({ bars, sentiments, contexts }, sets)];
  const scores = await offlineScores(vectors, routers);
  const said = offlineForecasts(bars, scores);
  return { "news.sentiment": sentiments, "market.context": contexts, features: vectors, scores, ...said };
}

/** What the scores stage would publish. */
export async function offlineScores(
  vectors: readonly FeatureVector[],
  routers: ModelRouters<Target>,
): Promise<Score[]> {
  const scores: Score[] = [];
  for (let start = 0; start < vectors.length; start += batchRecords) {
    const batch = vectors.slice(start, start + batchRecords).map((record) => ({ topic: "features" as const, record }));
    for (const outcome of await scoresOperator.process(batch, new PlainState(), routers)) {
      if (outcome.kind === "emit") for (const { record } of outcome.records) scores.push(record);
    }
  }
  return scores;
}

/**
 * What the forecasts stage would publish.
 *
 * @param bars in the order of their log
 * @param scores in the order of their log
 */
export function offlineForecasts(
  bars: readonly Bar[],
  scores: readonly Score[],
): { forecasts: Forecast[]; signals: Signal[] } {
  const state = new PlainState<ForecastsState>();
  const said = { forecasts: [] as Forecast[], signals: [] as Signal[] };
  let batch: Input<"market.bars" | "scores">[] = [];
  const flush = (): void => {
    for (const outcome of forecasts.process(batch, state, { calendar: nyse })) {
      if (outcome.kind !== "emit") continue;
      for (const { topic, record } of outcome.records) (said[topic] as unknown[]).push(record);
    }
    batch = [];
  };
  // As the stage merges: by availableAt, and bars first where the times are equal.
  for (let bar = 0, score = 0; bar < bars.length || score < scores.length;) {
    const [nextBar, nextScore] = [bars[bar], scores[score]];
    if (nextBar && (!nextScore || nextBar.availableAt <= nextScore.asOf)) {
      batch.push({ topic: "market.bars", record: nextBar });
      bar += 1;
    } else if (nextScore) {
      batch.push({ topic: "scores", record: nextScore });
      score += 1;
    }
    if (batch.length >= batchRecords) flush();
  }
  flush();
  return said;
}
