import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";

/**
 * Change of the dollar volume d = close · volume from the bar before, as a share of both, in [−1, 1]:
 *
 *     (d − d before) / (d + d before)
 *
 * which is the hyperbolic tangent of half the log change, and stays finite when a bar is not traded. 0 when neither was.
 * Warm-up: 2 bars.
 */
export function dollarVolumeChange({ closes, volumes, close }: FeatureView): number {
  const now = close * (volumes[volumes.length - 1] ?? 0);
  const before = (closes[closes.length - 2] ?? 0) * (volumes[volumes.length - 2] ?? 0);
  const sum = now + before;
  return sum > 0 ? (now - before) / sum : 0;
}

export const dollarVolumeChangeFeature: Feature = {
  name: "dollar-volume-change",
  group: "volume",
  parameters: {},
  version: 1,
  warmUp: 2,
  formula: "(d − d before) / (d + d before), d = close · volume",
  compute: dollarVolumeChange,
};
