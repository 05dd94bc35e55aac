import type { KeptBar } from "../../schemas/generated/types.js";
import { memory } from "./layout.js";

/** A bar on the scale of its whole series: comparable with the bars before, whatever was split or paid out since. */
export interface AdjustedBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

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
