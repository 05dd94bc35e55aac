import { defineMethod } from "../method.js";
import { normalReturn } from "../normal-return.js";

/** Weight of the newest squared return; RiskMetrics' λ = 0.94 for daily returns. */
const weight = 0.06;

export type NaiveState = {
  /** Returns taken in. */
  readonly returns: number;
  /** Exponentially weighted mean of squared log returns, over one bar. */
  readonly variance: number;
};

/**
 * The naive view: the return to come has mean 0 and the variance of the returns lately, an exponentially weighted mean
 * of squared log returns:
 *
 *     v_n = v_{n−1} + max(1 / n, 0.06) · (r_n² − v_{n−1})
 *
 * (a plain mean of the first 16). Every other method has to beat it.
 *
 * Source: J. P. Morgan/Reuters, RiskMetrics Technical Document (1996), section 5.2.
 */
export const naive = defineMethod<NaiveState>({
  name: "naive",
  version: 1,
  description:
    "a normal log return with mean 0 and the exponentially weighted mean of squared log returns (0.06 a bar)",
  warmUp: 2,
  inCombined: true,
  empty: { returns: 0, variance: 0 },
  step({ returns, variance }, { logReturn }) {
    const count = returns + 1;
    return {
      returns: count,
      variance: variance + Math.max(1 / count, weight) * (logReturn * logReturn - variance),
    };
  },
  forecast: ({ variance }, { horizon }, levels) => normalReturn(variance, horizon, levels),
});
