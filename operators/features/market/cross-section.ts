import type { MarketContext } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import type { FeatureView } from "../view.js";

/** The cross-section that a vector uses, and the symbol's own log return of the same bar. */
interface Section {
  readonly context: Readonly<MarketContext>;
  /** Undefined when the section is of no bar that the symbol's return is known of. */
  readonly own: number | undefined;
}

const none = { context: undefined, own: undefined };

/**
 * The latest cross-section known, unless it is older than the bar before the last. It usually is of the bar before: the
 * last one's is complete only when all symbols have reported. What is ranked is the symbol's return at the bar that the
 * section is of.
 */
function section({ market, barTime, barBefore, closes }: FeatureView): Section | typeof none {
  if (market === null || market.eventTime < (barBefore ?? barTime)) return none;
  if (market.eventTime === barTime) return { context: market, own: logReturn(closes, 1) };
  if (market.eventTime === barBefore) return { context: market, own: logReturn(closes, 2) };
  return { context: market, own: undefined };
}

/** Of the bar `back` from the end, the last being 1. */
function logReturn(closes: readonly number[], back: number): number | undefined {
  const close = closes.at(-back);
  const before = closes.at(-back - 1);
  return close === undefined || before === undefined ? undefined : Math.log(close / before);
}

/**
 * Position of a value among ascending, equally spaced quantiles, in [0, 1], linear between two of them. A value that
 * several are equal to stands in their middle; 0.5 without quantiles.
 */
export function rankAmong(quantiles: readonly number[], value: number): number {
  const last = quantiles.length - 1;
  if (last < 1) return 0.5;
  let below = 0;
  while (below <= last && (quantiles[below] ?? 0) < value) below += 1;
  let notAbove = below;
  while (notAbove <= last && (quantiles[notAbove] ?? 0) === value) notAbove += 1;
  if (notAbove > below) return (below + notAbove - 1) / 2 / last;
  if (below === 0) return 0;
  if (below > last) return 1;
  const lower = quantiles[below - 1] ?? 0;
  const upper = quantiles[below] ?? 0;
  // Halved, so that two huge quantiles of either sign have a difference.
  return (below - 1 + (value / 2 - lower / 2) / (upper / 2 - lower / 2)) / last;
}

const ofView = oncePerView(section);

/** The cross-section that a vector uses; undefined when none is known. */
export const sectionOf = (view: FeatureView): Readonly<MarketContext> | undefined => ofView(view).context;

/** The symbol's own log return at the bar of that cross-section; undefined when it is not known. */
export const ownReturn = (view: FeatureView): number | undefined => ofView(view).own;

const feature = (name: string, formula: string, of: (section: Section) => number, neutral: number): Feature => ({
  name,
  group: "market",
  parameters: {},
  version: 1,
  warmUp: 3,
  formula: `${formula}; ${neutral} when unknown`,
  compute: (view) => {
    const found = ofView(view);
    return found.context === undefined ? neutral : of(found);
  },
});

/**
 * The market as the latest cross-section (topic `market.context`) of the same interval has it, and the symbol within it.
 * Usually one bar late. Warm-up: 3 bars for the symbol's own return at that bar.
 *
 * Source: breadth and dispersion of the cross-section, R. Stivers and L. Sun, Cross-sectional return dispersion and time
 * variation in value and momentum premiums, Journal of Financial and Quantitative Analysis 45 (2010); the rank of a
 * return as a predictor, N. Jegadeesh, Evidence of predictable behavior of security returns, Journal of Finance 45 (1990).
 */
export const crossSectionFeatures: readonly Feature[] = [
  feature("market-breadth", "(symbols that rose − symbols that fell) / symbols", ({ context }) => context.breadth, 0),
  feature("market-return", "mean log return of the symbols", ({ context }) => context.meanReturn, 0),
  feature("market-dispersion", "standard deviation of their log returns", ({ context }) => context.dispersion, 0),
  feature(
    "market-range-volatility",
    "√(mean over the symbols of ln(high / low)² / (4 ln 2))",
    ({ context }) => context.rangeVolatility,
    0,
  ),
  feature(
    "market-rank",
    "position of the symbol's log return among the quantiles of the cross-section of the same bar",
    ({ context, own }) => (own === undefined ? 0.5 : rankAmong(context.quantiles, own)),
    0.5,
  ),
  feature(
    "market-excess",
    "the symbol's log return − mean log return of the symbols at the same bar",
    ({ context, own }) => (own === undefined ? 0 : own - context.meanReturn),
    0,
  ),
  {
    name: "market-unknown",
    group: "market",
    parameters: {},
    version: 1,
    warmUp: 0,
    formula: "1 when no cross-section is known or it is older than the bar before the last, else 0",
    compute: (view) => (ofView(view).context === undefined ? 1 : 0),
  },
];
