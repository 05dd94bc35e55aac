import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";

const recent = 5;
const past = 20;

/**
 * Log return over 5 bars less a quarter of that over 20: positive when the price has risen faster, or fallen less, than
 * its pace of 20 bars.
 *
 *     ln(close / close 5 before) − ln(close / close 20 before) / 4
 *
 * Warm-up: 21 bars.
 */
export function momentumAcceleration({ closes, close }: FeatureView): number {
  const near = closes[closes.length - 1 - recent] ?? close;
  const far = closes[closes.length - 1 - past] ?? close;
  return Math.log(close / near) - (Math.log(close / far) * recent) / past;
}

export const momentumAccelerationFeature: Feature = {
  name: "momentum-acceleration",
  group: "momentum",
  parameters: { recent, past },
  version: 1,
  warmUp: past + 1,
  formula: "ln(close / close 5 before) − ln(close / close 20 before) / 4",
  compute: momentumAcceleration,
};
