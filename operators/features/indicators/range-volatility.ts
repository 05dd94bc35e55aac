import type { Feature } from "../feature.js";

const period = 20;

/** Squared log range of a bar, ln(high / low)²: 0 when it was traded at one price. */
export const squaredLogRange = (high: number, low: number): number => Math.log(high / low) ** 2;

/**
 * Volatility from the range of the last 20 bars: a standard deviation per bar, not annualised, of the moves within the
 * bars (gaps between them are not in it).
 *
 *     √( mean(ln(high / low)²) / (4 ln 2) )
 *
 * Source: M. Parkinson, The extreme value method for estimating the variance of the rate of return, Journal of Business
 * 53 (1980). About five times as efficient as squared returns. Warm-up: 20 bars.
 */
export function rangeVolatility(highs: readonly number[], lows: readonly number[]): number {
  const start = Math.max(0, highs.length - period);
  let sum = 0;
  for (let index = start; index < highs.length; index += 1) sum += squaredLogRange(highs[index] ?? 1, lows[index] ?? 1);
  return Math.sqrt(sum / Math.max(1, highs.length - start) / (4 * Math.LN2));
}

export const rangeVolatilityFeature: Feature = {
  name: "range-volatility-20",
  group: "volatility",
  parameters: { period },
  version: 1,
  warmUp: period,
  formula: "√(mean(ln(high / low)²) / (4 ln 2)) over 20 bars",
  compute: ({ highs, lows }) => rangeVolatility(highs, lows),
};
