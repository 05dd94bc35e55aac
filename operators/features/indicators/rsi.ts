import type { RsiState } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import { smoothed } from "./smoothed.js";

const period = 14;

/**
 * Relative strength index of the adjusted close:
 *
 *     RSI = 100 · gain / (gain + loss)
 *
 * where gain and loss are the averages, in Wilder's smoothing over 14 bars, of rises and falls. 50 when the price has
 * never moved.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978). Warm-up: 15 bars.
 */
export function rsi({ gain, loss }: RsiState): number {
  const sum = gain + loss;
  return sum > 0 ? (100 * gain) / sum : 50;
}

/** @param count which change this is, from 1 */
export function stepRsi({ gain, loss }: RsiState, change: number, count: number): RsiState {
  return {
    gain: smoothed(gain, Math.max(change, 0), count, period, 1 / period),
    loss: smoothed(loss, Math.max(-change, 0), count, period, 1 / period),
  };
}

export const rsiFeature: Feature = {
  name: "rsi-14",
  parameters: { period },
  version: 1,
  warmUp: period + 1,
  compute: (core) => rsi(core.rsi),
};
