import { varianceOfMoves } from "../../forecasts/bar-variance.js";
import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import { logMoves } from "./log-moves.js";
import { meanOfLast } from "./window.js";

/** Variance of each bar in view, oldest first, as the forecasts have it. */
const barVariances = oncePerView<Float64Array>((view, reuse) => {
  const { up, down, body, gap, length } = logMoves(view);
  const variances = reuse?.length === length ? reuse : new Float64Array(length);
  for (let index = 0; index < length; index += 1) {
    variances[index] = varianceOfMoves((up[index] ?? 0) - (down[index] ?? 0), body[index] ?? 0, gap[index] ?? 0);
  }
  return variances;
});

/**
 * Term of the heterogeneous autoregressive model: the logarithm of the mean variance of the last `bars` bars,
 *
 *     ln mean(p), p = max(0, ½ ln(high / low)² − (2 ln 2 − 1) ln(close / open)²) + ln(open / close before)² + 1e-7
 *
 * Source: F. Corsi, A simple approximate long-memory model of realized volatility, Journal of Financial Econometrics 7
 * (2009): a day, a week and a month of days. Warm-up: one bar more.
 */
const harTerm = (bars: number): Feature => ({
  name: `har-${bars}`,
  group: "volatility",
  parameters: { bars },
  version: 1,
  warmUp: bars + 1,
  formula: `ln of the mean bar variance (Garman-Klass + squared gap + 1e-7) of ${bars === 1 ? "the bar" : `${bars} bars`}`,
  compute: (view) => Math.log(meanOfLast(barVariances(view), bars)),
});

const short = 5;
const long = 20;

export const barVarianceFeatures: readonly Feature[] = [
  ...[1, 5, 22].map(harTerm),
  {
    name: "volatility-ratio-5-20",
    group: "volatility",
    parameters: { short, long },
    version: 1,
    warmUp: long + 1,
    formula: "√(mean bar variance of 5 bars / that of 20)",
    compute: (view) => {
      const variances = barVariances(view);
      return Math.sqrt(meanOfLast(variances, short) / meanOfLast(variances, long));
    },
  },
];
