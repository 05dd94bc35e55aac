import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";
import { rangePosition } from "./range-position.js";
import { sumOfLast } from "./window.js";

const period = 20;

/**
 * Chaikin money flow over 20 bars, in [−1, 1]: whether volume came with closes near the high or near the low.
 *
 *     Σ ((close − low) − (high − close)) / (high − low) · volume / Σ volume
 *
 * A bar of one price weighs nothing; 0 when nothing was traded.
 *
 * Source: M. Chaikin; S. B. Achelis, Technical Analysis from A to Z (1995). Warm-up: 20 bars.
 */
export function chaikinMoneyFlow({ highs, lows, closes, volumes }: FeatureView): number {
  const total = sumOfLast(volumes, period);
  if (!(total > 0)) return 0;
  const { length } = volumes;
  const offset = closes.length - length;
  let flow = 0;
  for (let index = Math.max(0, length - period); index < length; index += 1) {
    const position = rangePosition(highs[index] ?? 1, lows[index] ?? 1, closes[offset + index] ?? 1);
    flow += (2 * position - 1) * (volumes[index] ?? 0);
  }
  return flow / total;
}

export const chaikinMoneyFlowFeature: Feature = {
  name: "chaikin-money-flow-20",
  group: "volume",
  parameters: { period },
  version: 1,
  warmUp: period,
  formula: "Σ ((close − low) − (high − close)) / (high − low) · volume / Σ volume over 20 bars",
  compute: chaikinMoneyFlow,
};
