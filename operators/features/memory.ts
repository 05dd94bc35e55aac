/** The recursive indicators of one series: what each remembers of all bars so far, in O(1) a bar. */
import type { KeptBar } from "../../schemas/generated/types.js";
import { adjusted, compounded } from "../series/adjusted-bar.js";
import { stepAverageTrueRange } from "./indicators/average-true-range.js";
import { stepDirectionalMovement } from "./indicators/directional-movement.js";
import { stepMacd } from "./indicators/macd.js";
import { change } from "./indicators/rounding.js";
import { stepRsi } from "./indicators/rsi.js";
import { memory } from "./layout.js";
import { stepBeta } from "./market/beta.js";

export const emptyMemory: readonly number[] = Array.from({ length: memory.size }, (_, index) =>
  index === memory.priceFactor || index === memory.volumeFactor ? 1 : 0,
);

/**
 * Takes in one bar; gives a new memory.
 *
 * @param market mean return of the market at the bar before, as far as it was known; else null
 */
export function stepMemory(known: readonly number[], kept: KeptBar, market: number | null): number[] {
  const next = known.slice();
  const priceFactor = compounded(known[memory.priceFactor] ?? 1, kept.split * kept.dividendFactor);
  const volumeFactor = compounded(known[memory.volumeFactor] ?? 1, kept.split);
  next[memory.priceFactor] = priceFactor;
  next[memory.volumeFactor] = volumeFactor;
  const bar = adjusted(kept, priceFactor, volumeFactor);
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
