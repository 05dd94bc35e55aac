import type { NewsSentiment, NewsState } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import type { FeatureView } from "../view.js";

const hour = 3_600_000;

/** Shortest first, in milliseconds: an hour, six, a day, five days. */
export const halfLives = [hour, 6 * hour, 24 * hour, 120 * hour] as const;

/** Index of a half-life in `halfLives`. */
export type WhichHalfLife = 0 | 1 | 2 | 3;

export const halfLifeNames = ["1h", "6h", "1d", "5d"] as const;

/** What is summed, a half-life: places in the flat list of sums, which has four for each. */
export const sums = { weight: 0, score: 1, square: 2, negative: 3, count: 4 } as const;

export const noSums: readonly number[] = halfLives.flatMap(() => [0, 0, 0, 0]);

/** What is left of something after a time; never more than there was. */
export const decay = (elapsed: number, halfLife: number): number => (elapsed > 0 ? 2 ** (-elapsed / halfLife) : 1);

/**
 * Exponentially decayed sums over the articles. An article of age a weighs w = 2^(−a / half-life), with a from its
 * publication.
 *
 * The sums are kept as of the youngest article, so that they neither overflow nor fade to 0 / 0: the weight is at least
 * 1. Squares are kept around the mean, which spares the dispersion the difference of two large numbers (T. F. Chan,
 * G. H. Golub and R. J. LeVeque, Algorithms for computing the sample variance, American Statistician 37 (1983)).
 *
 * @param times of the sums before and after, and of the article's publication
 */
export function stepDecays(
  known: readonly number[],
  article: Pick<NewsSentiment, "score" | "label">,
  times: { readonly from: number; readonly to: number; readonly published: number },
): number[] {
  const next = known.slice();
  const isNegative = article.label === "negative";
  for (let which = 0; which < halfLives.length; which += 1) {
    const at = which * sums.count;
    const halfLife = halfLives[which] ?? hour;
    const kept = decay(times.to - times.from, halfLife);
    const added = decay(times.to - times.published, halfLife);
    const weight = known[at] ?? 0;
    const score = known[at + sums.score] ?? 0;
    const both = weight * kept + added;
    const distance = weight > 0 ? article.score - score / weight : 0;
    next[at] = both;
    next[at + sums.score] = score * kept + added * article.score;
    next[at + sums.square] =
      (known[at + sums.square] ?? 0) * kept + (both > 0 ? (weight * kept * added * distance ** 2) / both : 0);
    next[at + sums.negative] = (known[at + sums.negative] ?? 0) * kept + (isNegative ? added : 0);
  }
  return next;
}

/** One of the sums over the weight, as of the youngest article; 0 without articles. */
export function decayedShare(
  news: Readonly<NewsState> | null,
  which: WhichHalfLife,
  sum: Exclude<keyof typeof sums, "count" | "weight">,
): number {
  if (news === null) return 0;
  const weight = news.decays[which * sums.count] ?? 0;
  return weight > 0 ? (news.decays[which * sums.count + sums[sum]] ?? 0) / weight : 0;
}

/** @returns the mean score of the articles, each weighing what its age leaves of it, in [−1, 1]; 0 without any */
export function decayedMean(news: Readonly<NewsState> | null, which: WhichHalfLife): number {
  return Math.min(1, Math.max(-1, decayedShare(news, which, "score")));
}

/** @returns the decayed number of articles at a time, in [0, ∞) */
export function decayedCount(news: Readonly<NewsState> | null, which: WhichHalfLife, asOf: number): number {
  return news === null ? 0 : (news.decays[which * sums.count] ?? 0) * decay(asOf - news.time, halfLives[which]);
}

/** The sentiment that records carry: over the half-life of one day. */
export function decayedSentiment(
  news: Readonly<NewsState> | null,
  asOf: number,
): { readonly mean: number; readonly count: number } {
  return { mean: decayedMean(news, day), count: decayedCount(news, day, asOf) };
}

const day = 2;

const countOf6Hours = ({ news, asOf }: FeatureView): number => decayedCount(news, 1, asOf);
const countOf5Days = ({ news, asOf }: FeatureView): number => decayedCount(news, 3, asOf);

/** Decayed numbers of articles that several features need. */
export const countLately = oncePerView(countOf6Hours);
export const countUsually = oncePerView(countOf5Days);

const meanFeature = (name: string, which: WhichHalfLife): Feature => ({
  name,
  group: "news",
  parameters: { halfLife: halfLives[which] },
  version: 1,
  warmUp: 0,
  formula: `Σ w · score / Σ w over the articles, w = 2^(−age / ${halfLifeNames[which]}); 0 without any`,
  compute: ({ news }) => decayedMean(news, which),
});

const logCountFeature = (which: WhichHalfLife, count: (view: FeatureView) => number): Feature => ({
  name: `news-count-${halfLifeNames[which]}`,
  group: "news",
  parameters: { halfLife: halfLives[which] },
  version: 1,
  warmUp: 0,
  formula: `ln(1 + Σ w) over the articles, w = 2^(−age / ${halfLifeNames[which]})`,
  compute: (view) => Math.log1p(count(view)),
});

/**
 * Mean score and number of the articles, by half-life. The mean does not fade while nothing is published: `news-age` has
 * its age. Warm-up: none.
 *
 * Source: exponential decay of news impact, as in J. Boudoukh, R. Feldman, S. Kogan and M. Richardson, Information,
 * trading, and volatility, Review of Financial Studies 32 (2019), who find hours to days.
 */
export const decayedSentimentFeatures: readonly Feature[] = [
  meanFeature("sentiment-mean", day),
  {
    name: "sentiment-count",
    group: "news",
    parameters: { halfLife: halfLives[day] },
    version: 1,
    warmUp: 0,
    formula: "Σ w over the articles, w = 2^(−age / 1d)",
    compute: ({ news, asOf }) => decayedCount(news, day, asOf),
  },
  meanFeature("sentiment-mean-1h", 0),
  meanFeature("sentiment-mean-6h", 1),
  meanFeature("sentiment-mean-5d", 3),
  logCountFeature(1, countLately),
  logCountFeature(3, countUsually),
  {
    name: "sentiment-momentum",
    group: "news",
    parameters: { short: halfLives[1], long: halfLives[3] },
    version: 1,
    warmUp: 0,
    formula: "mean score over the half-life 6h − mean score over the half-life 5d",
    compute: ({ news }) => decayedMean(news, 1) - decayedMean(news, 3),
  },
];
