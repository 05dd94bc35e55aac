import type { NewsState } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import { decayedShare, halfLifeNames, halfLives, type WhichHalfLife } from "./decayed-sentiment.js";

/**
 * How far the articles are from one opinion: the weighted standard deviation of their scores around their weighted mean.
 *
 *     √( Σ w · (score − mean)² / Σ w ),   w = 2^(−age / half-life)
 *
 * In [0, 1]; 0 for one article or none. Warm-up: none.
 *
 * Source: disagreement among messages, W. Antweiler and M. Z. Frank, Is all that talk just noise?, Journal of Finance 59
 * (2004): it goes with trading volume and volatility.
 */
export function dispersion(news: Readonly<NewsState> | null, which: WhichHalfLife): number {
  return Math.sqrt(Math.max(0, decayedShare(news, which, "square")));
}

/**
 * Weight of the articles labelled negative among all: Σ w · [negative] / Σ w, in [0, 1]; 0 without any. Warm-up: none.
 *
 * Source: P. C. Tetlock, M. Saar-Tsechansky and S. Macskassy, More than words, Journal of Finance 63 (2008): it is the
 * negative part of the news that explains most of the returns.
 */
export function negativeShare(news: Readonly<NewsState> | null, which: WhichHalfLife): number {
  return Math.min(1, decayedShare(news, which, "negative"));
}

const dispersionFeature = (which: WhichHalfLife): Feature => ({
  name: `sentiment-dispersion-${halfLifeNames[which]}`,
  group: "news",
  parameters: { halfLife: halfLives[which] },
  version: 1,
  warmUp: 0,
  formula: `√(Σ w · (score − mean)² / Σ w), w = 2^(−age / ${halfLifeNames[which]})`,
  compute: ({ news }) => dispersion(news, which),
});

const negativeFeature = (which: WhichHalfLife): Feature => ({
  name: `negative-share-${halfLifeNames[which]}`,
  group: "news",
  parameters: { halfLife: halfLives[which] },
  version: 1,
  warmUp: 0,
  formula: `Σ w · [label is negative] / Σ w, w = 2^(−age / ${halfLifeNames[which]})`,
  compute: ({ news }) => negativeShare(news, which),
});

export const disagreementFeatures: readonly Feature[] = [
  dispersionFeature(2),
  dispersionFeature(3),
  negativeFeature(2),
  negativeFeature(3),
];
