import type { Feature } from "../feature.js";
import { fast, fastAverage, slow, slowAverage } from "./macd.js";

/**
 * Distance of the adjusted close to its exponential moving averages, those of the MACD: close / EMA − 1. An average of
 * `period` starts as the plain mean of as many closes. Warm-up: `period` bars.
 */
const emaDistance = (period: number, at: number): Feature => ({
  name: `ema-distance-${period}`,
  group: "trend",
  parameters: { period },
  version: 1,
  warmUp: period,
  formula: `close / EMA${period} − 1`,
  compute: ({ memory, close }) => {
    const average = memory[at] ?? 0;
    return average > 0 ? close / average - 1 : 0;
  },
});

export const emaDistanceFeatures: readonly Feature[] = [emaDistance(fast, fastAverage), emaDistance(slow, slowAverage)];
