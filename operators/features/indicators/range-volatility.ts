import type { Feature } from "../feature.js";
import { meanOfLast } from "./window.js";

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
export function rangeVolatility(squaredLogRanges: readonly number[]): number {
  return Math.sqrt(meanOfLast(squaredLogRanges, period) / (4 * Math.LN2));
}

export const rangeVolatilityFeature: Feature = {
  name: "range-volatility-20",
  parameters: { period },
  version: 1,
  warmUp: period,
  compute: ({ ranges }) => rangeVolatility(ranges),
};
