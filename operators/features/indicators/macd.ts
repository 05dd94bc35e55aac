import type { Feature } from "../feature.js";
import { memory as layout } from "../layout.js";
import type { FeatureView } from "../view.js";
import { smoothed } from "./smoothed.js";

export const fast = 12;
export const slow = 26;
const signal = 9;
/** Of the adjusted close, and of their difference; sums until each has its first value. */
export const fastAverage = layout.macd;
export const slowAverage = layout.macd + 1;
const signalAverage = layout.macd + 2;

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
 * @param memory changed in place
 * @param bars which bar this is, from 1
 */
export function stepMacd(memory: number[], close: number, bars: number): void {
  const nextFast = smoothed(memory[fastAverage] ?? 0, close, bars, fast, weight(fast));
  const nextSlow = smoothed(memory[slowAverage] ?? 0, close, bars, slow, weight(slow));
  const lines = bars - slow + 1;
  memory[fastAverage] = nextFast;
  memory[slowAverage] = nextSlow;
  if (lines < 1) return;
  memory[signalAverage] = smoothed(memory[signalAverage] ?? 0, nextFast - nextSlow, lines, signal, weight(signal));
}

const line = ({ memory }: FeatureView): number => (memory[fastAverage] ?? 0) - (memory[slowAverage] ?? 0);
const signalLine = ({ memory }: FeatureView): number => memory[signalAverage] ?? 0;

export const macdFeatures: readonly Feature[] = [
  {
    name: "macd-line",
    group: "trend",
    parameters: { fast, slow },
    version: 1,
    warmUp: slow,
    formula: "(EMA12 − EMA26) / close",
    compute: (view) => line(view) / view.close,
  },
  {
    name: "macd-signal",
    group: "trend",
    parameters: { fast, slow, signal },
    version: 1,
    warmUp: slow + signal - 1,
    formula: "EMA9(EMA12 − EMA26) / close",
    compute: (view) => signalLine(view) / view.close,
  },
  {
    name: "macd-histogram",
    group: "trend",
    parameters: { fast, slow, signal },
    version: 1,
    warmUp: slow + signal - 1,
    formula: "(line − signal) / close",
    compute: (view) => (line(view) - signalLine(view)) / view.close,
  },
];
