/** Each method's view of the return to the target time, as quantiles and a volatility. */
import type { ForecastMethod } from "../../schemas/generated/types.js";
import { normalQuantile } from "./normal.js";

/** Levels when no model says which. */
export const defaultLevels: readonly number[] = [0.05, 0.25, 0.5, 0.75, 0.95];

/** No log return over a horizon is further out: keeps a quantile finite whatever the variance. */
const farthest = 20;

/**
 * A log return that is normal with mean 0.
 *
 * @param variance of the log return over one bar
 * @param horizon bars to the target time; their returns are taken as independent
 */
export function normalMethod(
  method: string,
  variance: number,
  horizon: number,
  levels: readonly number[],
): ForecastMethod {
  const volatility = Math.sqrt(variance * horizon);
  const quantiles = levels.map((level) => {
    const logReturn = normalQuantile(level) * volatility;
    return Math.expm1(Math.min(farthest, Math.max(-farthest, logReturn)));
  });
  return { method, levels: [...levels], quantiles, volatility };
}

/**
 * The return model's quantiles, put in ascending order: a rearranged quantile curve is never further from the truth
 * (V. Chernozhukov, I. Fernández-Val, A. Galichon, Quantile and probability curves without crossing, Econometrica 78
 * (2010)). Over more than one bar they widen with its square root. The volatility is the slope of the quantiles over those
 * of a normal distribution: exact for a normal one; 0 with a single level.
 */
export function modelMethod(raw: readonly number[], horizon: number, levels: readonly number[]): ForecastMethod {
  const spread = Math.sqrt(horizon);
  const quantiles = raw.map((quantile) => Math.max(-1, quantile * spread)).sort((a, b) => a - b);
  const normals = levels.map(normalQuantile);
  const centre = mean(normals);
  const middle = mean(quantiles);
  let product = 0;
  let square = 0;
  for (const [index, normal] of normals.entries()) {
    product += (normal - centre) * ((quantiles[index] ?? 0) - middle);
    square += (normal - centre) ** 2;
  }
  return {
    method: "quantiles",
    levels: [...levels],
    quantiles,
    volatility: square > 0 ? Math.max(0, product / square) : 0,
  };
}

/**
 * The plain mean of the methods, quantile by quantile, and of their volatilities (S. Vincent's averaging: means of normal
 * distributions stay normal). Equal weights: with few methods, estimated ones rarely do better.
 */
export function combinedMethod(methods: readonly ForecastMethod[]): ForecastMethod {
  const levels = methods[0]?.levels ?? [];
  return {
    method: "combined",
    levels: [...levels],
    quantiles: levels.map((_, index) => mean(methods.map(({ quantiles }) => quantiles[index] ?? 0))),
    volatility: mean(methods.map(({ volatility }) => volatility)),
  };
}

/** The median, from the levels around it: linear between them, the nearest one beyond them. */
export function medianOf({ levels, quantiles }: Pick<ForecastMethod, "levels" | "quantiles">): number {
  const above = levels.findIndex((level) => level >= 0.5);
  if (above === -1) return quantiles.at(-1) ?? 0;
  const high = quantiles[above] ?? 0;
  const highLevel = levels[above] ?? 0.5;
  const lowLevel = levels[above - 1];
  if (highLevel === 0.5 || lowLevel === undefined) return high;
  const low = quantiles[above - 1] ?? high;
  return low + ((high - low) * (0.5 - lowLevel)) / (highLevel - lowLevel);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
