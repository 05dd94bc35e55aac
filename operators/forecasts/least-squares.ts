/**
 * Ordinary least squares from running sums of products: the memory does not grow with the number of rows.
 *
 * A row is (x_1 … x_k, y). Kept are the sums of all products of two of its k + 1 numbers, upper triangle row by row.
 */

/** The sums with one more row; `products` may be empty, for none so far. */
export function addRow(products: readonly number[], row: readonly number[]): number[] {
  const next: number[] = [];
  for (let i = 0; i < row.length; i += 1) {
    for (let j = i; j < row.length; j += 1) next.push((products[next.length] ?? 0) + (row[i] ?? 0) * (row[j] ?? 0));
  }
  return next;
}

export interface Fit {
  readonly coefficients: number[];
  /** Mean squared residual. */
  readonly residualVariance: number;
}

/** Below this share of its own sum of squares, what a regressor adds to those before it is rounding. */
const singular = 1e-10;

/**
 * Solves the normal equations by Cholesky's decomposition.
 *
 * @param size k + 1
 * @returns undefined when the regressors are not independent (a price that never moved)
 */
export function solve(products: readonly number[], size: number, rows: number): Fit | undefined {
  const at = (i: number, j: number): number => products[i * size - (i * (i - 1)) / 2 + (j - i)] ?? 0;
  // The factor of the whole matrix, y last: its last row holds what back-substitution needs, its corner the residuals.
  const factor: number[][] = [];
  for (let i = 0; i < size; i += 1) {
    const own: number[] = [];
    factor.push(own);
    for (let j = 0; j <= i; j += 1) {
      let rest = at(j, i);
      for (let m = 0; m < j; m += 1) rest -= (own[m] ?? 0) * (factor[j]?.[m] ?? 0);
      if (j < i) own.push(rest / (factor[j]?.[j] ?? 1));
      else if (i === size - 1) own.push(Math.max(0, rest));
      else if (!(rest > singular * at(i, i))) return undefined;
      else own.push(Math.sqrt(rest));
    }
  }
  const last = factor[size - 1] ?? [];
  const coefficients = last.slice(0, size - 1);
  for (let i = size - 2; i >= 0; i -= 1) {
    let rest = last[i] ?? 0;
    for (let j = i + 1; j < size - 1; j += 1) rest -= (factor[j]?.[i] ?? 0) * (coefficients[j] ?? 0);
    coefficients[i] = rest / (factor[i]?.[i] ?? 1);
  }
  return { coefficients, residualVariance: (last[size - 1] ?? 0) / rows };
}
