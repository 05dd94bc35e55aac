/** The recursive indicators of one series: what each remembers of all bars so far, in O(1) a bar. */
import type { KeptBar } from "../../schemas/generated/types.js";
import { stepAverageTrueRange } from "./indicators/average-true-range.js";
import { stepDirectionalMovement } from "./indicators/directional-movement.js";
import { stepMacd } from "./indicators/macd.js";
import { change } from "./indicators/rounding.js";
import { stepRsi } from "./indicators/rsi.js";
import { memory } from "./layout.js";
import { stepBeta } from "./market/beta.js";

/** A bar on the scale of its whole series: comparable with the bars before, whatever was split or paid out since. */
export interface AdjustedBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export const emptyMemory: readonly number[] = Array.from({ length: memory.size }, (_, index) =>
  index === memory.priceFactor || index === memory.volumeFactor ? 1 : 0,
);

/**
 * Prices are multiplied by the product of all splits and dividends so far, volumes divided by that of the splits: the
 * bars in hand compare, as if each split had always been, and a split looks like nothing at all.
 *
 * @param known memory after this bar
 */
export function adjusted(bar: KeptBar, known: readonly number[]): AdjustedBar {
  const scale = bar.adjustment * (known[memory.priceFactor] ?? 1);
  return {
    open: bar.open * scale,
    high: bar.high * scale,
    low: bar.low * scale,
    close: bar.close * scale,
    volume: bar.volume / (known[memory.volumeFactor] ?? 1),
  };
}

/** No company has ever come near; held there, whatever a feed tells, squares of adjusted prices stay finite. */
const largestFactor = 1e50;

/** A product of splits or dividend factors with one more. */
export const compounded = (factor: number, by: number): number =>
  Math.min(largestFactor, Math.max(1 / largestFactor, factor * by));

/**
 * Takes in one bar; gives a new memory.
 *
 * @param market mean return of the market at the bar before, as far as it was known; else null
 */
export function stepMemory(known: readonly number[], kept: KeptBar, market: number | null): number[] {
  const next = known.slice();
  next[memory.priceFactor] = compounded(known[memory.priceFactor] ?? 1, kept.split * kept.dividendFactor);
  next[memory.volumeFactor] = compounded(known[memory.volumeFactor] ?? 1, kept.split);
  const bar = adjusted(kept, next);
  const bars = (known[memory.bars] ?? 0) + 1;
  next[memory.bars] = bars;
  if (bars > 1) {
    const before = known[memory.close] ?? bar.close;
    stepRsi(next, change(before, bar.close), bars - 1);
    stepAverageTrueRange(next, bar, bars - 1);
    stepDirectionalMovement(next, bar, bars - 1);
    if (market !== null && bars > 2) stepBeta(next, market, known[memory.logReturn] ?? 0);
    next[memory.logReturn] = Math.log(bar.close / before);
  }
  stepMacd(next, bar.close, bars);
  next[memory.close] = bar.close;
  next[memory.high] = bar.high;
  next[memory.low] = bar.low;
  return next;
}
