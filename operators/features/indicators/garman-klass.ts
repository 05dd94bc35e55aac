import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";
import { logMoves } from "./log-moves.js";

const period = 20;

/**
 * Volatility from open, high, low and close of the last 20 bars: a standard deviation per bar, not annualised, of the
 * moves within the bars.
 *
 *     √ mean( ½ ln(high / low)² − (2 ln 2 − 1) ln(close / open)² )
 *
 * Source: M. B. Garman, M. J. Klass, On the estimation of security price volatilities from historical data, Journal of
 * Business 53 (1980). No term is negative: the body is at most the range, and 2 ln 2 − 1 < ½. Warm-up: 20 bars.
 */
export function garmanKlass(view: FeatureView): number {
  const { up, down, body, length } = logMoves(view);
  const start = Math.max(0, length - period);
  let sum = 0;
  for (let index = start; index < length; index += 1) {
    sum += 0.5 * ((up[index] ?? 0) - (down[index] ?? 0)) ** 2 - (2 * Math.LN2 - 1) * (body[index] ?? 0) ** 2;
  }
  return Math.sqrt(Math.max(0, sum) / Math.max(1, length - start));
}

export const garmanKlassFeature: Feature = {
  name: "garman-klass-20",
  group: "volatility",
  parameters: { period },
  version: 1,
  warmUp: period,
  formula: "√(mean(½ ln(high / low)² − (2 ln 2 − 1) ln(close / open)²)) over 20 bars",
  compute: garmanKlass,
};
