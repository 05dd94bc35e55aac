import type { Feature } from "../feature.js";
import { memory as layout } from "../layout.js";
import type { AdjustedBar } from "../../series/adjusted-bar.js";
import { smoothed } from "./smoothed.js";

export const period = 14;

/**
 * Average true range: Wilder's average over 14 bars, which starts as a plain mean, of
 *
 *     TR = max(high, close before) − min(low, close before)
 *
 * As a feature, a share of the close.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978). Warm-up: 15 bars.
 *
 * @param memory changed in place; it still holds the close of the bar before
 * @param count which change this is, from 1
 */
export function stepAverageTrueRange(memory: number[], { high, low }: AdjustedBar, count: number): void {
  const before = memory[layout.close] ?? high;
  const range = Math.max(high, before) - Math.min(low, before);
  memory[layout.atr] = smoothed(memory[layout.atr] ?? 0, range, count, period, 1 / period);
}

export const averageTrueRangeFeature: Feature = {
  name: "atr-14",
  group: "volatility",
  parameters: { period },
  version: 1,
  warmUp: period + 1,
  formula: "Wilder's average of max(high, close before) − min(low, close before) over 14 bars / close",
  compute: ({ memory, close }) => (memory[layout.atr] ?? 0) / close,
};
