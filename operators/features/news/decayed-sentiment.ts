import type { DecayedSums, NewsSentiment, NewsState } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";

const hour = 3_600_000;

/** Shortest first, in milliseconds: an hour, six, a day, five days. */
export const halfLives = [hour, 6 * hour, 24 * hour, 120 * hour] as const;

export const noSums: DecayedSums[] = halfLives.map(() => ({ weight: 0, score: 0, square: 0, negative: 0 }));

/** What is left of something after a time; never more than there was. */
export const decay = (elapsed: number, halfLife: number): number => 2 ** (-Math.max(0, elapsed) / halfLife);

/**
 * Exponentially decayed sums over the articles. An article of age a weighs w = 2^(−a / half-life), with a from its
 * publication.
 *
 * The sums are kept as of the youngest article, so that they neither overflow nor fade to 0 / 0.
 *
 * @param times of the sums before and after, and of the article's publication
 */
export function stepDecays(
  sums: readonly DecayedSums[],
  article: Readonly<NewsSentiment>,
  times: { readonly from: number; readonly to: number; readonly published: number },
): DecayedSums[] {
  return sums.map((sum, index) => {
    const halfLife = halfLives[index] ?? hour;
    const kept = decay(times.to - times.from, halfLife);
    const added = decay(times.to - times.published, halfLife);
    return {
      weight: sum.weight * kept + added,
      score: sum.score * kept + added * article.score,
      square: sum.square * kept + added * article.score ** 2,
      negative: sum.negative * kept + (article.label === "negative" ? added : 0),
    };
  });
}

/** Index of the half-life of one day, in which records tell their sentiment. */
const day = 2;

/**
 * @returns decayed number of articles in [0, ∞) and their mean score in [−1, 1]; both 0 without any
 */
export function decayedSentiment(
  news: Readonly<NewsState> | null,
  asOf: number,
  which = day,
): { readonly mean: number; readonly count: number } {
  const sums = news?.decays[which];
  if (!news || !sums || !(sums.weight > 0)) return { mean: 0, count: 0 };
  const mean = Math.min(1, Math.max(-1, sums.score / sums.weight));
  return { mean, count: sums.weight * decay(asOf - news.time, halfLives[which] ?? hour) };
}

const ofDay = ({ news, asOf }: FeatureView) => decayedSentiment(news, asOf);

export const decayedSentimentFeatures: readonly Feature[] = [
  {
    name: "sentiment-mean",
    group: "news",
    parameters: { halfLife: 24 * hour },
    version: 1,
    warmUp: 0,
    formula: "Σ w · score / Σ w, w = 2^(−age / 1 day)",
    compute: (view) => view.once(ofDay).mean,
  },
  {
    name: "sentiment-count",
    group: "news",
    parameters: { halfLife: 24 * hour },
    version: 1,
    warmUp: 0,
    formula: "Σ w, w = 2^(−age / 1 day)",
    compute: (view) => view.once(ofDay).count,
  },
];
