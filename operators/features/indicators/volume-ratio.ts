import type { Feature } from "../feature.js";
import { meanOfLast } from "./window.js";

const period = 20;

/**
 * Volume of the bar over the mean volume of the last 20 bars, this one among them: in [0, 20], and 1 when none of them
 * was traded. Warm-up: 20 bars.
 */
export function volumeRatio(volumes: readonly number[]): number {
  const mean = meanOfLast(volumes, period);
  return mean > 0 ? (volumes.at(-1) ?? 0) / mean : 1;
}

export const volumeRatioFeature: Feature = {
  name: "volume-ratio-20",
  group: "volume",
  parameters: { period },
  version: 1,
  warmUp: period,
  formula: "volume / mean volume of 20 bars",
  compute: ({ volumes }) => volumeRatio(volumes),
};
