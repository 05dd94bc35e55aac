import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";
import { logMoves } from "./log-moves.js";
import { varianceOfLast } from "./window.js";

const period = 20;

/** The weight that gives the estimate its least variance, as its authors recommend. */
const k = 0.34 / (1.34 + (period + 1) / (period - 1));

/**
 * Volatility of the last 20 bars, gaps included, whatever the drift: a standard deviation per bar, not annualised.
 *
 *     √( var(gap) + k · var(body) + (1 − k) · mean( up (up − body) + down (down − body) ) )
 *
 * of the logarithms gap = ln(open / close before), body = ln(close / open), up = ln(high / open), down = ln(low / open);
 * sample variances (n − 1); k = 0.34 / (1.34 + 21 / 19).
 *
 * Source: D. Yang, Q. Zhang, Drift-independent volatility estimation based on high, low, open, and close prices, Journal
 * of Business 73 (2000). Warm-up: 21 bars.
 */
export function yangZhang(view: FeatureView): number {
  const { up, down, body, gap, length } = logMoves(view);
  const start = Math.max(0, length - period);
  let sum = 0;
  for (let index = start; index < length; index += 1) {
    const high = up[index] ?? 0;
    const low = down[index] ?? 0;
    const close = body[index] ?? 0;
    sum += high * (high - close) + low * (low - close);
  }
  const within = sum / Math.max(1, length - start);
  return Math.sqrt(varianceOfLast(gap, period) + k * varianceOfLast(body, period) + (1 - k) * Math.max(0, within));
}

export const yangZhangFeature: Feature = {
  name: "yang-zhang-20",
  group: "volatility",
  parameters: { period },
  version: 1,
  warmUp: period + 1,
  formula: "√(var(gap) + k · var(body) + (1 − k) · mean(up (up − body) + down (down − body))) over 20 bars, of logs",
  compute: yangZhang,
};
