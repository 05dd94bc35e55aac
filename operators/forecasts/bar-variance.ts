/** Keeps the logarithm of a bar that was traded at one price finite; (0.03 %)². */
const floor = 1e-7;

/**
 * Variance of the log return from the close before to this close, from one bar:
 *
 *     p = max(0, ½ ln(high / low)² − (2 ln 2 − 1) ln(close / open)²) + ln(open / close before)² + 1e-7
 *
 * with the gap between prices that are adjusted alike.
 *
 * Source: M. B. Garman, M. J. Klass, On the estimation of security price volatilities from historical data, Journal of
 * Business 53 (1980), plus the squared gap.
 *
 * @param closeBefore close of the bar before, on the scale of this bar's prices
 */
export function barVariance(
  bar: {
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
  },
  closeBefore: number,
): number {
  return varianceOfMoves(
    Math.log(bar.high / bar.low),
    Math.log(bar.close / bar.open),
    Math.log(bar.open / closeBefore),
  );
}

/** The same, for who has the logarithms: of high / low, close / open and open / close before. */
export function varianceOfMoves(range: number, body: number, gap: number): number {
  return Math.max(0, 0.5 * range * range - (2 * Math.LN2 - 1) * body * body) + gap * gap + floor;
}
