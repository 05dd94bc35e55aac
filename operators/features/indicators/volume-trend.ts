import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";
import { meanOfLast } from "./window.js";

const short = 5;
const long = 20;

/** Mean volume of the last 5 bars over that of the last 20: in [0, 4], and 1 when none was traded. Warm-up: 20 bars. */
export function volumeTrend({ volumes }: FeatureView): number {
  const mean = meanOfLast(volumes, long);
  return mean > 0 ? meanOfLast(volumes, short) / mean : 1;
}

export const volumeTrendFeature: Feature = {
  name: "volume-trend-5-20",
  group: "volume",
  parameters: { short, long },
  version: 1,
  warmUp: long,
  formula: "mean volume of 5 bars / that of 20",
  compute: volumeTrend,
};
