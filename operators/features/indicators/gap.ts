import type { Feature } from "../feature.js";
import { memory as layout } from "../layout.js";
import type { FeatureView } from "../view.js";
import { period } from "./average-true-range.js";
import { isFlat } from "./rounding.js";

/** Adjusted open less the close before; 0 for the first bar. */
function gap({ opens, closes }: FeatureView): number {
  const open = opens[opens.length - 1] ?? 0;
  return open - (closes[closes.length - 2] ?? open);
}

/**
 * Gap between the close before and the open of the bar, splits and dividends taken out: overnight for daily bars. As a
 * share of that close, and in units of the average true range; this bar's true range, of which the gap is a part, is in
 * that, so that it stays within ±14. 0 when the price has never moved. Warm-up: 2 bars, 15 for the second.
 */
export const gapFeatures: readonly Feature[] = [
  {
    name: "gap",
    group: "level",
    parameters: {},
    version: 1,
    warmUp: 2,
    formula: "open / close before − 1",
    compute: (view) => gap(view) / (view.closes[view.closes.length - 2] ?? 1),
  },
  {
    name: "gap-atr-14",
    group: "level",
    parameters: { period },
    version: 1,
    warmUp: period + 1,
    formula: "(open − close before) / ATR14",
    compute: (view) => {
      const range = view.memory[layout.atr] ?? 0;
      return isFlat(range, view.close) ? 0 : gap(view) / range;
    },
  },
];
