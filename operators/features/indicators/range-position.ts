import type { Feature } from "../feature.js";
import { isFlat } from "./rounding.js";

/** Where the close lies between low, 0, and high, 1; 0.5 when those are equal. */
export const rangePosition = (high: number, low: number, close: number): number =>
  isFlat(high - low, high) ? 0.5 : (close - low) / (high - low);

/** Position of the close in the range of its bar, in [0, 1]. Warm-up: 1 bar. */
export const rangePositionFeature: Feature = {
  name: "range-position",
  group: "level",
  parameters: {},
  version: 1,
  warmUp: 1,
  formula: "(close − low) / (high − low)",
  compute: ({ highs, lows, close }) => rangePosition(highs[highs.length - 1] ?? 1, lows[lows.length - 1] ?? 1, close),
};
