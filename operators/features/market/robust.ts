import type { MarketContext } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import { ownReturn, sectionOf } from "./cross-section.js";

type Robust = "medianReturn" | "winsorisedReturn" | "medianDeviation";

/** Null in a cross-section of a build without them. */
const valueOf = (context: Readonly<MarketContext>, name: Robust): number => context[name] ?? 0;

const feature = (name: string, formula: string, compute: Feature["compute"]): Feature => ({
  name,
  group: "market",
  parameters: {},
  version: 1,
  warmUp: 3,
  formula: `${formula}; 0 when unknown`,
  compute,
});

const ofContext = (name: string, formula: string, field: Robust): Feature =>
  feature(name, formula, (view) => {
    const context = sectionOf(view);
    return context === undefined ? 0 : valueOf(context, field);
  });

/**
 * The market by statistics that a few symbols far off (a wrong price that passed as right, a share that lost nine tenths) hardly
 * move, from the same cross-section as `market-return` and the others.
 *
 * Source: R. Wilcox, Introduction to Robust Estimation and Hypothesis Testing (2012), ch. 2 and 3.
 */
export const robustFeatures: readonly Feature[] = [
  ofContext("market-median-return", "median log return of the symbols", "medianReturn"),
  ofContext(
    "market-winsorised-return",
    "mean log return of the symbols, the lowest and the highest fifth drawn in to the nearest within",
    "winsorisedReturn",
  ),
  ofContext("market-median-deviation", "median of |log return − median| over the symbols / 0.6745", "medianDeviation"),
  feature(
    "market-median-excess",
    "the symbol's log return − median log return of the symbols at the same bar",
    (view) => {
      const context = sectionOf(view);
      const own = ownReturn(view);
      if (context === undefined || own === undefined) return 0;
      return context.medianReturn === null ? 0 : own - context.medianReturn;
    },
  ),
];
