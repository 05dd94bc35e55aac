import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";
import { typicalPrices } from "./typical-price.js";

const period = 20;

/**
 * Distance of the adjusted close to the volume-weighted average price of the last 20 bars, whatever their sessions:
 *
 *     close / vwap − 1     vwap = Σ typical price · volume / Σ volume
 *
 * with the typical price (high + low + close) / 3. 0 when nothing was traded. Warm-up: 20 bars.
 */
export function vwapDistance(view: FeatureView): number {
  const prices = typicalPrices(view);
  const { volumes } = view;
  let traded = 0;
  let total = 0;
  for (let index = Math.max(0, volumes.length - period); index < volumes.length; index += 1) {
    const volume = volumes[index] ?? 0;
    traded += (prices[index] ?? 1) * volume;
    total += volume;
  }
  return traded > 0 ? view.close / (traded / total) - 1 : 0;
}

export const vwapDistanceFeature: Feature = {
  name: "vwap-distance-20",
  group: "volume",
  parameters: { period },
  version: 1,
  warmUp: period,
  formula: "close / (Σ typical price · volume / Σ volume over 20 bars) − 1",
  compute: vwapDistance,
};
