import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";

const period = 20;
const bars = 40;

/** Highest of the last `count`. */
function highest(window: readonly number[], count: number): number {
  let found = -Infinity;
  for (let index = Math.max(0, window.length - count); index < window.length; index += 1) {
    const value = window[index] ?? found;
    if (value > found) found = value;
  }
  return found;
}

/** Lowest of the last `count`. */
function lowest(window: readonly number[], count: number): number {
  let found = Infinity;
  for (let index = Math.max(0, window.length - count); index < window.length; index += 1) {
    const value = window[index] ?? found;
    if (value < found) found = value;
  }
  return found;
}

/** Largest fall from a close to a later one, over the last `bars` returns: at most 0. */
export function maximumDrawdown({ closes }: FeatureView): number {
  let peak = 0;
  let deepest = 1;
  for (let index = Math.max(0, closes.length - 1 - bars); index < closes.length; index += 1) {
    const close = closes[index] ?? 1;
    if (close > peak) peak = close;
    else if (close / peak < deepest) deepest = close / peak;
  }
  return deepest - 1;
}

/**
 * Distance of the adjusted close to the extremes behind it, and the deepest fall among them. All of one bar's prices
 * count, the latest included: a distance to a high is at most 0, one to a low at least 0. Over 40 bars it is the closes
 * that count, 41 of them, and the distance to the highest is what is called the drawdown. Warm-up: 20 and 41 bars.
 */
export const extremesFeatures: readonly Feature[] = [
  {
    name: "high-distance-20",
    group: "level",
    parameters: { period },
    version: 1,
    warmUp: period,
    formula: "close / highest high of 20 bars − 1",
    compute: ({ highs, close }) => close / highest(highs, period) - 1,
  },
  {
    name: "low-distance-20",
    group: "level",
    parameters: { period },
    version: 1,
    warmUp: period,
    formula: "close / lowest low of 20 bars − 1",
    compute: ({ lows, close }) => close / lowest(lows, period) - 1,
  },
  {
    name: "drawdown-40",
    group: "level",
    parameters: { bars },
    version: 1,
    warmUp: bars + 1,
    formula: "close / highest of 41 closes − 1",
    compute: ({ closes, close }) => close / highest(closes, bars + 1) - 1,
  },
  {
    name: "low-distance-40",
    group: "level",
    parameters: { bars },
    version: 1,
    warmUp: bars + 1,
    formula: "close / lowest of 41 closes − 1",
    compute: ({ closes, close }) => close / lowest(closes, bars + 1) - 1,
  },
  {
    name: "maximum-drawdown-40",
    group: "level",
    parameters: { bars },
    version: 1,
    warmUp: bars + 1,
    formula: "lowest close / a higher one before it − 1, the deepest of 41 closes",
    compute: maximumDrawdown,
  },
];
