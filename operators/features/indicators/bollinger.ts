import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import { isFlat } from "./rounding.js";
import { meanOfLast } from "./window.js";

const period = 20;
const deviations = 2;

/**
 * Bollinger bands of the adjusted close: mean ± 2 population standard deviations of the last 20 bars.
 *
 *     position = (close − lower) / (upper − lower)     width = (upper − lower) / mean
 *
 * Position is 0 at the lower band, 1 at the upper one and may lie outside; 0.5, with width 0, when all 20 are equal.
 *
 * Source: J. Bollinger, Bollinger on Bollinger Bands (2001): %b and BandWidth. Warm-up: 20 bars.
 */
const bollinger = oncePerView(({ closes }) => {
  const mean = meanOfLast(closes, period);
  const start = Math.max(0, closes.length - period);
  let squares = 0;
  for (let index = start; index < closes.length; index += 1) squares += ((closes[index] ?? mean) - mean) ** 2;
  const deviation = Math.sqrt(squares / Math.max(1, closes.length - start));
  if (isFlat(deviation, mean)) return { position: 0.5, width: 0 };
  const half = deviations * deviation;
  return { position: ((closes.at(-1) ?? mean) - mean + half) / (2 * half), width: (2 * half) / mean };
});

export const bollingerFeatures: readonly Feature[] = [
  {
    name: "bollinger-position",
    group: "level",
    parameters: { period, deviations },
    version: 1,
    warmUp: period,
    formula: "(close − lower) / (upper − lower), bands at mean ± 2 deviations of 20 closes",
    compute: (view) => bollinger(view).position,
  },
  {
    name: "bollinger-width",
    group: "volatility",
    parameters: { period, deviations },
    version: 1,
    warmUp: period,
    formula: "(upper − lower) / mean of 20 closes",
    compute: (view) => bollinger(view).width,
  },
];
