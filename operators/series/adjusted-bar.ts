import type { Bar } from "../../schemas/generated/types.js";

type Prices = Pick<Bar, "open" | "high" | "low" | "close" | "volume" | "adjustment">;

/** A bar on the scale of the bars before it: comparable with them, whatever was split or paid out since. */
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
 * @param priceFactor product of the splits and dividend factors since the bars that it is compared with, its own included
 * @param volumeFactor product of the splits alone
 */
export function adjusted(bar: Readonly<Prices>, priceFactor: number, volumeFactor: number): AdjustedBar {
  const scale = bar.adjustment * priceFactor;
  return {
    open: bar.open * scale,
    high: bar.high * scale,
    low: bar.low * scale,
    close: bar.close * scale,
    volume: bar.volume / volumeFactor,
  };
}

/** No company has ever come near; capped here, whatever a feed delivers, squares of adjusted prices stay finite. */
const largestFactor = 1e50;

/** A product of splits or dividend factors with one more. */
export const compounded = (factor: number, by: number): number =>
  Math.min(largestFactor, Math.max(1 / largestFactor, factor * by));
