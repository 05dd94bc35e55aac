import type { NewsSentiment, SentimentDecay } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";

/** One day, in milliseconds. */
const halfLife = 86_400_000;

export const noSentiment: SentimentDecay = { time: 0, weight: 0, total: 0, model: null };

/** What is left of something after a time; never more than there was. */
const decay = (elapsed: number): number => 2 ** (-Math.max(0, elapsed) / halfLife);

/**
 * Exponentially decayed sentiment. An article of age a weighs w = 2^(−a / 1 day), with a from its publication: one that
 * arrives late counts as it would have, had it been on time.
 *
 *     count = Σ w     mean = Σ w · score / Σ w
 *
 * The sums are kept as of the youngest article, so that they neither overflow nor fade to 0 / 0. Warm-up: none; without
 * any article, mean and count are 0.
 *
 * @param asOf when the article was known: one that claims to be published later counts as published then
 */
export function stepSentiment(state: SentimentDecay, article: Readonly<NewsSentiment>, asOf: number): SentimentDecay {
  const published = Math.min(article.eventTime, asOf);
  const isFirst = state.weight === 0;
  const time = isFirst ? published : Math.max(state.time, published);
  const kept = decay(time - state.time);
  const added = decay(time - published);
  return {
    time,
    weight: state.weight * kept + added,
    total: state.total * kept + added * article.score,
    model: article.model && `${article.model.name}@${article.model.version}`,
  };
}

/** @returns count in [0, ∞), mean in [−1, 1] */
export function sentimentAt({ time, weight, total }: SentimentDecay, asOf: number): { mean: number; count: number } {
  if (!(weight > 0)) return { mean: 0, count: 0 };
  return { mean: Math.min(1, Math.max(-1, total / weight)), count: weight * decay(asOf - time) };
}

export const sentimentFeatures: readonly Feature[] = [
  {
    name: "sentiment-mean",
    parameters: { halfLife },
    version: 1,
    warmUp: 0,
    compute: (_core, moment) => moment.sentimentMean,
  },
  {
    name: "sentiment-count",
    parameters: { halfLife },
    version: 1,
    warmUp: 0,
    compute: (_core, moment) => moment.sentimentCount,
  },
];
