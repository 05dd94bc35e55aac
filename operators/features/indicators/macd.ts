import type { FeaturesCore, MacdState } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import { smoothed } from "./smoothed.js";

const fast = 12;
const slow = 26;
const signal = 9;
const weight = (period: number): number => 2 / (period + 1);

/**
 * Moving average convergence/divergence of the adjusted close, as shares of that close:
 *
 *     line = EMA12 − EMA26     signal = EMA9(line)     histogram = line − signal
 *
 * each divided by the close. Every average starts as the plain mean of its first values.
 *
 * Source: G. Appel, Technical Analysis: Power Tools for Active Investors (2005), ch. 8. Warm-up: 26 bars, 34 for the
 * signal.
 *
 * @param bars which bar this is, from 1
 */
export function stepMacd(state: MacdState, close: number, bars: number): MacdState {
  const nextFast = smoothed(state.fast, close, bars, fast, weight(fast));
  const nextSlow = smoothed(state.slow, close, bars, slow, weight(slow));
  const lines = bars - slow + 1;
  const nextSignal = lines < 1 ? 0 : smoothed(state.signal, nextFast - nextSlow, lines, signal, weight(signal));
  return { fast: nextFast, slow: nextSlow, signal: nextSignal };
}

const shareOfClose = (value: number, { closes }: FeaturesCore): number => value / (closes.at(-1) ?? 1);

export const macdFeatures: readonly Feature[] = [
  {
    name: "macd-line",
    parameters: { fast, slow },
    version: 1,
    warmUp: slow,
    compute: (core) => shareOfClose(core.macd.fast - core.macd.slow, core),
  },
  {
    name: "macd-signal",
    parameters: { fast, slow, signal },
    version: 1,
    warmUp: slow + signal - 1,
    compute: (core) => shareOfClose(core.macd.signal, core),
  },
  {
    name: "macd-histogram",
    parameters: { fast, slow, signal },
    version: 1,
    warmUp: slow + signal - 1,
    compute: (core) => shareOfClose(core.macd.fast - core.macd.slow - core.macd.signal, core),
  },
];
