/**
 * A difference below this share of a price is the rounding of equal prices: each is a product of the published price,
 * its adjustment and the splits since, and so exact to a few units in the last place (1e-16) each.
 *
 * It matters where a formula jumps at equality: a price that stands still over a 10:1 split has neither risen nor fallen.
 */
const rounding = 1e-12;

/** to − from; 0 when they differ by rounding alone. */
export function change(from: number, to: number): number {
  const difference = to - from;
  return Math.abs(difference) > rounding * from ? difference : 0;
}

/** Whether a spread of prices, at a level, is no more than rounding. */
export const isFlat = (spread: number, level: number): boolean => !(spread > rounding * level);
