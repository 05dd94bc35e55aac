import type { MethodView } from "./method.js";
import { normalQuantile } from "./normal.js";

/** No log return over a horizon is further out: keeps a quantile finite whatever the variance. */
const farthest = 20;

/**
 * A log return that is normal with mean 0.
 *
 * @param variance of the log return over one bar
 * @param horizon bars to the target time; their returns are taken as independent
 */
export function normalReturn(variance: number, horizon: number, levels: readonly number[]): MethodView {
  const volatility = Math.sqrt(variance * horizon);
  const quantiles = levels.map((level) => {
    const logReturn = normalQuantile(level) * volatility;
    return Math.expm1(Math.min(farthest, Math.max(-farthest, logReturn)));
  });
  return { quantiles, volatility };
}
