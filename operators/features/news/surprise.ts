import type { NewsState, ScoreHistory } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";
import { countLately, countUsually, decayedMean, halfLives } from "./decayed-sentiment.js";

/** Articles over which a symbol's usual score is averaged. */
const memory = 250;

/** A deviation of scores to begin with, and how many articles it weighs as much as. */
const priorVariance = 0.1;
const priorArticles = 10;

const clip = 5;

/**
 * Takes one score into the symbol's history: a plain mean and variance up to 250 articles, exponentially weighted from
 * there on. Articles count in the order in which they became known: a late one is as usual as any other.
 *
 *     d = score − mean     mean ← mean + α · d     variance ← (1 − α) · (variance + α · d²)     α = max(1 / n, 1 / 250)
 *
 * Source: T. Finch, Incremental calculation of weighted mean and variance, University of Cambridge (2009).
 */
export function stepHistory({ count, mean, variance }: Readonly<ScoreHistory>, score: number): ScoreHistory {
  const next = count + 1;
  const weight = 1 / Math.min(next, memory);
  const distance = score - mean;
  return {
    count: next,
    mean: mean + weight * distance,
    variance: (1 - weight) * (variance + weight * distance ** 2),
  };
}

/**
 * How unusual the latest sentiment is for the symbol: its mean over the half-life of six hours against the mean of its
 * history, in deviations of the history. The deviation is drawn towards √0.1 while there are few articles. In [−5, 5]; 0
 * without articles. Warm-up: none.
 *
 * Source: standardised against the symbol's own past, as P. C. Tetlock, M. Saar-Tsechansky and S. Macskassy, More than
 * words, Journal of Finance 63 (2008), do with the share of negative words.
 */
export function sentimentSurprise(news: Readonly<NewsState> | null): number {
  if (!news) return 0;
  const { count, mean, variance } = news.history;
  const known = Math.min(count, memory);
  const deviation = Math.sqrt((known * variance + priorArticles * priorVariance) / (known + priorArticles));
  return Math.min(clip, Math.max(-clip, (decayedMean(news, 1) - mean) / deviation));
}

/**
 * Whether more is published than lately: the decayed number of articles over six hours against the one that a steady flow
 * would show given that over five days, each with one article more. 0 for a steady flow and without articles.
 */
const countSurprise = (view: FeatureView): number =>
  Math.log((1 + countLately(view)) / (1 + countUsually(view) * (halfLives[1] / halfLives[3])));

export const surpriseFeatures: readonly Feature[] = [
  {
    name: "sentiment-surprise",
    group: "news",
    parameters: { halfLife: halfLives[1], memory, priorVariance, priorArticles, clip },
    version: 1,
    warmUp: 0,
    formula: "(mean score over 6h − mean of the symbol's last 250 articles) / their deviation, within ±5",
    compute: ({ news }) => sentimentSurprise(news),
  },
  {
    name: "news-count-surprise",
    group: "news",
    parameters: { short: halfLives[1], long: halfLives[3] },
    version: 1,
    warmUp: 0,
    formula: "ln((1 + Σ w, half-life 6h) / (1 + Σ w, half-life 5d, / 20))",
    compute: countSurprise,
  },
];
