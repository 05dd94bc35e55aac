import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import type { FeatureView } from "../view.js";
import { isFlat } from "./rounding.js";

const period = 14;
const smoothing = 3;

/**
 * Stochastic oscillator, the fast one, in [0, 100]:
 *
 *     %K = 100 · (close − L) / (H − L)     %D = mean of the last 3 %K
 *
 * with H and L the highest high and the lowest low of 14 bars. 50 when those are equal. The slow %K is the fast %D, and
 * Williams' %R is %K − 100: neither is a feature of its own.
 *
 * Source: G. Lane, Lane's Stochastics, Stocks & Commodities 2 (1984). Warm-up: 14 bars, 16 for %D.
 *
 * @param back how many bars before the latest
 */
export function stochastic({ highs, lows, closes }: FeatureView, back: number): number {
  const end = highs.length - back;
  let highest = -Infinity;
  let lowest = Infinity;
  for (let index = Math.max(0, end - period); index < end; index += 1) {
    const high = highs[index] ?? 1;
    const low = lows[index] ?? 1;
    if (high > highest) highest = high;
    if (low < lowest) lowest = low;
  }
  if (isFlat(highest - lowest, highest)) return 50;
  return (100 * ((closes[closes.length - 1 - back] ?? 1) - lowest)) / (highest - lowest);
}

const latest = oncePerView((view) => stochastic(view, 0));

export const stochasticFeatures: readonly Feature[] = [
  {
    name: "stochastic-k-14",
    group: "momentum",
    parameters: { period },
    version: 1,
    warmUp: period,
    formula: "100 · (close − lowest low) / (highest high − lowest low) of 14 bars",
    compute: (view) => latest(view),
  },
  {
    name: "stochastic-d-3",
    group: "momentum",
    parameters: { period, smoothing },
    version: 1,
    warmUp: period + smoothing - 1,
    formula: "mean of the last 3 stochastic-k-14",
    compute: (view) => (latest(view) + stochastic(view, 1) + stochastic(view, 2)) / smoothing,
  },
];
