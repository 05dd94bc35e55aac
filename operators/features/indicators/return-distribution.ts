import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import { logMoves } from "./log-moves.js";

const period = 20;

/** Below it a deviation of log returns is the rounding of a price that stands still. */
const rounding = 1e-12;

/**
 * Standard deviation and skewness of the last 20 log returns, close to close:
 *
 *     deviation = √( Σ (r − r̄)² / 19 )     skew = mean((r − r̄)³) / mean((r − r̄)²)^(3/2)
 *
 * The deviation is per bar, not annualised. The skew is that of the population, and 0 when the price stands still.
 * Warm-up: 21 bars.
 */
const returnDistribution = oncePerView((view) => {
  const { body, gap, length } = logMoves(view);
  const start = Math.max(0, length - period);
  const count = Math.max(1, length - start);
  let sum = 0;
  for (let index = start; index < length; index += 1) sum += (body[index] ?? 0) + (gap[index] ?? 0);
  const mean = sum / count;
  let squares = 0;
  let cubes = 0;
  for (let index = start; index < length; index += 1) {
    const difference = (body[index] ?? 0) + (gap[index] ?? 0) - mean;
    const square = difference * difference;
    squares += square;
    cubes += square * difference;
  }
  const spread = Math.sqrt(squares / count);
  return {
    deviation: Math.sqrt(squares / Math.max(1, count - 1)),
    skew: spread > rounding ? cubes / count / spread ** 3 : 0,
  };
});

export const returnDistributionFeatures: readonly Feature[] = [
  {
    name: "return-deviation-20",
    group: "volatility",
    parameters: { period },
    version: 1,
    warmUp: period + 1,
    formula: "sample standard deviation of 20 log returns",
    compute: (view) => returnDistribution(view).deviation,
  },
  {
    name: "return-skew-20",
    group: "volatility",
    parameters: { period },
    version: 1,
    warmUp: period + 1,
    formula: "mean((r − r̄)³) / mean((r − r̄)²)^(3/2) of 20 log returns",
    compute: (view) => returnDistribution(view).skew,
  },
];
