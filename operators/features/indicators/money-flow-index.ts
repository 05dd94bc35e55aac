import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";
import { change } from "./rounding.js";
import { typicalPrices } from "./typical-price.js";

const period = 14;

/**
 * Money flow index, in [0, 100]: the relative strength of the money that changed hands.
 *
 *     100 · rising / (rising + falling)
 *
 * with the sums over 14 bars of typical price · volume of those whose typical price (high + low + close) / 3 rose, and
 * of those where it fell. 50 when nothing was traded on a rise or a fall.
 *
 * Source: G. Quong, A. Soudack, Volume-weighted RSI: money flow, Stocks & Commodities 7 (1989). Warm-up: 15 bars.
 */
export function moneyFlowIndex(view: FeatureView): number {
  const prices = typicalPrices(view);
  const { volumes } = view;
  const { length } = volumes;
  let rising = 0;
  let falling = 0;
  for (let index = Math.max(1, length - period); index < length; index += 1) {
    const price = prices[index] ?? 1;
    const difference = change(prices[index - 1] ?? price, price);
    if (difference > 0) rising += price * (volumes[index] ?? 0);
    else if (difference < 0) falling += price * (volumes[index] ?? 0);
  }
  const flow = rising + falling;
  return flow > 0 ? (100 * rising) / flow : 50;
}

export const moneyFlowIndexFeature: Feature = {
  name: "money-flow-index-14",
  group: "volume",
  parameters: { period },
  version: 1,
  warmUp: period + 1,
  formula: "100 · rising / (rising + falling): Σ typical price · volume over 14 bars where that price rose, and fell",
  compute: moneyFlowIndex,
};
