/** Weight of the newest squared return; RiskMetrics' λ = 0.94 for daily returns. */
const weight = 0.06;

/**
 * The naive view: the return to come has mean 0 and the variance of the returns lately, an exponentially weighted mean
 * of squared log returns:
 *
 *     v_n = v_{n−1} + max(1 / n, 0.06) · (r_n² − v_{n−1})
 *
 * (a plain mean of the first 16). Every other method has to beat it.
 *
 * Source: J. P. Morgan/Reuters, RiskMetrics Technical Document (1996), section 5.2. Warm-up: 2 bars.
 *
 * @param count which return this is, from 1
 */
export function stepReturnVariance(variance: number, logReturn: number, count: number): number {
  return variance + Math.max(1 / count, weight) * (logReturn * logReturn - variance);
}
