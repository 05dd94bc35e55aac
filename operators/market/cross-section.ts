/** Statistics of one cross-section of returns. */

/** Levels 0, 5, …, 100 %. */
const levels = 21;

export interface CrossSection {
  readonly symbols: number;
  readonly breadth: number;
  readonly meanReturn: number;
  readonly dispersion: number;
  readonly rangeVolatility: number;
  readonly quantiles: number[];
  readonly medianReturn: number;
  readonly winsorisedReturn: number;
  readonly medianDeviation: number;
}

/** Share of the returns at either end that the winsorised mean draws in. */
const winsorisedShare = 0.2;

/** Of a normal distribution: the median of its absolute deviations is this many standard deviations. */
const normalMedianDeviation = 0.6744897501960817;

/**
 * @param returns log returns, at least one; sorted in place
 * @param squaredRanges sum of ln(high / low)² over the bars of the section
 * @param bars their number
 */
export function crossSection(returns: Float64Array, squaredRanges: number, bars: number): CrossSection {
  // Sorted first: the sums then depend on the returns alone, not on the order in which the symbols are kept.
  returns.sort();
  const symbols = returns.length;
  let sum = 0;
  let rose = 0;
  let fell = 0;
  for (const value of returns) {
    sum += value;
    if (value > 0) rose += 1;
    else if (value < 0) fell += 1;
  }
  const meanReturn = sum / symbols;
  let squares = 0;
  for (const value of returns) squares += (value - meanReturn) ** 2;
  return {
    symbols,
    breadth: (rose - fell) / symbols,
    meanReturn,
    dispersion: Math.sqrt(squares / symbols),
    // Parkinson (1980), "The extreme value method for estimating the variance of the rate of return".
    rangeVolatility: Math.sqrt(squaredRanges / bars / (4 * Math.LN2)),
    quantiles: Array.from({ length: levels }, (_, level) => quantile(returns, level)),
    ...robustStatistics(returns),
  };
}

/**
 * What a few returns that are far off hardly move: half of them would have to be for the median and the deviation
 * from it, a fifth for the winsorised mean.
 *
 * Source: R. Wilcox, Introduction to Robust Estimation and Hypothesis Testing (2012), ch. 2 and 3.
 *
 * @param sorted log returns, ascending; at least one
 */
function robustStatistics(
  sorted: Float64Array,
): Pick<CrossSection, "medianReturn" | "winsorisedReturn" | "medianDeviation"> {
  const medianReturn = median(sorted);
  const drawnIn = Math.floor(winsorisedShare * sorted.length);
  const lowest = sorted[drawnIn] ?? NaN;
  const highest = sorted[sorted.length - 1 - drawnIn] ?? NaN;
  let sum = 0;
  for (const value of sorted) sum += Math.min(highest, Math.max(lowest, value));
  const deviations = sorted.map((value) => Math.abs(value - medianReturn)).sort();
  return {
    medianReturn,
    winsorisedReturn: sum / sorted.length,
    medianDeviation: median(deviations) / normalMedianDeviation,
  };
}

function median(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  // Halved first, so that two huge values have a middle.
  return sorted.length % 2 === 1 ? upper : (sorted[half - 1] ?? NaN) / 2 + upper / 2;
}

/** Linear between the order statistics: type 7 of Hyndman and Fan (1996), numpy's default. */
function quantile(sorted: Float64Array, level: number): number {
  const place = ((sorted.length - 1) * level) / (levels - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  const high = sorted[below + 1] ?? low;
  const share = place - below;
  // From the nearer side, as numpy does: the result never leaves [low, high], so that the quantiles ascend.
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}
