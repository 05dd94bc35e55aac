/** The combined view, which stands in every forecast beside the methods that it is made of. */
import type { Forecast, ForecastMethod } from "../../schemas/generated/types.js";
import { mean } from "./mean.js";

/** No method may have this name. */
export const combinedName = "combined";

/** The combined view of a forecast, wherever among the methods it stands. */
export const combinedOf = ({ methods }: Pick<Forecast, "methods">): ForecastMethod | undefined =>
  methods.find(({ method }) => method === combinedName);

/**
 * The plain mean of the methods, quantile by quantile, and of their volatilities (S. Vincent's averaging: means of normal
 * distributions stay normal). Equal weights: with few methods, estimated ones rarely do better.
 *
 * @param methods those that count; at least one
 */
export function combine(methods: readonly ForecastMethod[]): ForecastMethod {
  const levels = methods[0]?.levels ?? [];
  return {
    method: combinedName,
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
