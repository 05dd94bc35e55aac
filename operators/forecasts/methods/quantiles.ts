import { mean } from "../mean.js";
import { defineMethod, type MethodView } from "../method.js";
import { normalQuantile } from "../normal.js";

/**
 * The return model's quantiles, put in ascending order: a rearranged quantile curve is never further from the truth
 * (V. Chernozhukov, I. Fernández-Val, A. Galichon, Quantile and probability curves without crossing, Econometrica 78
 * (2010)). Over more than one bar they widen with its square root. The volatility is the slope of the quantiles over those
 * of a normal distribution: exact for a normal one; 0 with a single level.
 */
export const quantiles = defineMethod<Record<string, never>>({
  name: "quantiles",
  version: 1,
  description: "the return model's quantiles in ascending order; volatility: their slope over those of a normal return",
  warmUp: 0,
  inCombined: true,
  empty: {},
  step: (state) => state,
  forecast: (_, { modelQuantiles, horizon }, levels) => modelQuantiles && modelView(modelQuantiles, horizon, levels),
});

function modelView(raw: readonly number[], horizon: number, levels: readonly number[]): MethodView {
  const spread = Math.sqrt(horizon);
  const ascending = raw.map((quantile) => Math.max(-1, quantile * spread)).sort((a, b) => a - b);
  const normals = levels.map(normalQuantile);
  const centre = mean(normals);
  const middle = mean(ascending);
  let product = 0;
  let square = 0;
  for (const [index, normal] of normals.entries()) {
    product += (normal - centre) * ((ascending[index] ?? 0) - middle);
    square += (normal - centre) ** 2;
  }
  return { quantiles: ascending, volatility: square > 0 ? Math.max(0, product / square) : 0 };
}
