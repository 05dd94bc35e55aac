import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import { isFlat } from "./rounding.js";
import { meanOfLast } from "./window.js";

const period = 20;
const middle = (period - 1) / 2;
/** Σ (i − middle)² for i from 0 to period − 1. */
const squaredSteps = (period * (period * period - 1)) / 12;

/**
 * Straight line through the last 20 adjusted closes by least squares, with i the number of the bar:
 *
 *     slope = Σ (i − ī)(c_i − c̄) / Σ (i − ī)² / c̄     R² = (Σ (i − ī)(c_i − c̄))² / (Σ (i − ī)² · Σ (c_i − c̄)²)
 *
 * The slope is the relative change a bar; R², in [0, 1], is the share of the variance that the line explains: together
 * they separate a steady trend from a jump. Both are 0 when all closes are equal. Warm-up: 20 bars.
 */
const linearTrend = oncePerView(({ closes }) => {
  const mean = meanOfLast(closes, period);
  const start = closes.length - period;
  let products = 0;
  let squares = 0;
  for (let index = Math.max(0, -start); index < period; index += 1) {
    const difference = (closes[start + index] ?? mean) - mean;
    products += (index - middle) * difference;
    squares += difference * difference;
  }
  if (isFlat(Math.sqrt(squares / period), mean)) return { slope: 0, fit: 0 };
  return {
    slope: products / squaredSteps / mean,
    fit: Math.min(1, ((products / squares) * products) / squaredSteps),
  };
});

export const linearTrendFeatures: readonly Feature[] = [
  {
    name: "trend-slope-20",
    group: "trend",
    parameters: { period },
    version: 1,
    warmUp: period,
    formula: "slope of the least-squares line through 20 closes / their mean",
    compute: (view) => linearTrend(view).slope,
  },
  {
    name: "trend-fit-20",
    group: "trend",
    parameters: { period },
    version: 1,
    warmUp: period,
    formula: "R² of the least-squares line through 20 closes",
    compute: (view) => linearTrend(view).fit,
  },
];
