/**
 * Exponential smoothing that starts with a plain mean:
 *
 *     s_n = s_{n−1} + weight · (x_n − s_{n−1})       for n > period
 *     s_period = mean(x_1 … x_period)
 *
 * Before, the sum so far stands in for the average, so that nothing else needs to be remembered.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978), with weight 1 / period; the exponential
 * moving average has weight 2 / (period + 1).
 *
 * @param count which value this is, from 1
 */
export function smoothed(previous: number, value: number, count: number, period: number, weight: number): number {
  if (count > period) return previous + weight * (value - previous);
  return count < period ? previous + value : (previous + value) / period;
}
