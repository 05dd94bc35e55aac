import type { Feature } from "../feature.js";
import { memory as layout } from "../layout.js";
import { smoothed } from "./smoothed.js";

const period = 14;

/** Wilder's averages of the adjusted close's rises and falls; sums until there are 14. */
const gain = layout.rsi;
const loss = layout.rsi + 1;

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
export function rsi(memory: readonly number[]): number {
  const up = memory[gain] ?? 0;
  const sum = up + (memory[loss] ?? 0);
  return sum > 0 ? (100 * up) / sum : 50;
}

/**
 * @param memory taken over by the caller: changed in place
 * @param count which change this is, from 1
 */
export function stepRsi(memory: number[], change: number, count: number): void {
  memory[gain] = smoothed(memory[gain] ?? 0, Math.max(change, 0), count, period, 1 / period);
  memory[loss] = smoothed(memory[loss] ?? 0, Math.max(-change, 0), count, period, 1 / period);
}

export const rsiFeature: Feature = {
  name: "rsi-14",
  group: "momentum",
  parameters: { period },
  version: 1,
  warmUp: period + 1,
  formula: "100 · gain / (gain + loss), Wilder's averages over 14 bars",
  compute: ({ memory }) => rsi(memory),
};
