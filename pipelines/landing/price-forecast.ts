import { combinedOf, medianOf } from "../../operators/forecasts/combined.js";
import type { Forecast } from "../../schemas/generated/types.js";

export interface PriceForecast {
  readonly predictedPrice: number;
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Nominal coverage of the bounds, in [0, 1]. */
  readonly confidence: number;
}

/**
 * A forecast of the return as prices: close × (1 + quantile) of the combined view.
 *
 * @returns undefined when there is none, or none with a quantile
 */
export function priceForecast(forecast: Forecast): PriceForecast | undefined {
  const { close } = forecast;
  const combined = combinedOf(forecast);
  if (!combined) return undefined;
  const { levels, quantiles } = combined;
  const [lowest, highest] = [levels[0], levels.at(-1)];
  const [lower, upper] = [quantiles[0], quantiles.at(-1)];
  if (lowest === undefined || highest === undefined || lower === undefined || upper === undefined) return undefined;
  const price = (simpleReturn: number): number => close * (1 + simpleReturn);
  return {
    predictedPrice: price(medianOf(combined)),
    lowerBound: price(lower),
    upperBound: price(upper),
    // 0.95 − 0.05 is 0.8999999999999999: nominal coverages have few digits.
    confidence: Number((highest - lowest).toFixed(9)),
  };
}
