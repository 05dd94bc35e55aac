import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";
import { change } from "./rounding.js";
import { sumOfLast } from "./window.js";

const period = 20;

/**
 * Change of the on-balance volume over 20 bars, as a share of what was traded, in [−1, 1]:
 *
 *     Σ sign(close − close before) · volume / Σ volume
 *
 * The on-balance volume itself is a sum since the beginning: its level means nothing. 0 when nothing was traded.
 *
 * Source: J. Granville, Granville's New Key to Stock Market Profits (1963). Warm-up: 21 bars.
 */
export function onBalanceVolume({ closes, volumes }: FeatureView): number {
  const total = sumOfLast(volumes, period);
  if (!(total > 0)) return 0;
  const { length } = volumes;
  const offset = closes.length - length;
  let balance = 0;
  for (let index = Math.max(0, length - period); index < length; index += 1) {
    const close = closes[offset + index] ?? 1;
    balance += Math.sign(change(closes[offset + index - 1] ?? close, close)) * (volumes[index] ?? 0);
  }
  return balance / total;
}

export const onBalanceVolumeFeature: Feature = {
  name: "on-balance-volume-20",
  group: "volume",
  parameters: { period },
  version: 1,
  warmUp: period + 1,
  formula: "Σ sign(close − close before) · volume / Σ volume over 20 bars",
  compute: onBalanceVolume,
};
