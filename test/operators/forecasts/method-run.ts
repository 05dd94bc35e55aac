/** A method over a series, by itself. */
import { emptyCore, stepCore } from "../../../operators/forecasts/core.js";
import type { ForecastingMethod, ForecastTarget, MethodView } from "../../../operators/forecasts/method.js";
import { begun } from "../../../operators/forecasts/method-states.js";
import { normalQuantile } from "../../../operators/forecasts/normal.js";
import type { Bar, ForecastsCore, KeptBar } from "../../../schemas/generated/types.js";

/** A level whose normal quantile is far from 0, so that a volatility follows from it. */
export const levels = [0.05, 0.25, 0.5, 0.75, 0.95];

export const target: ForecastTarget = { targetTime: 0, horizon: 1, modelQuantiles: undefined };

/** A bar as the series has it. */
export const keptBar = (of: Bar): KeptBar => ({ ...of, time: of.eventTime, superseded: [] });

/** The core after each bar. */
export function coresOf(methods: readonly ForecastingMethod[], bars: readonly Bar[]): ForecastsCore[] {
  const step = stepCore(methods);
  let core = emptyCore(methods);
  return bars.map((bar) => (core = step(core, keptBar(bar))));
}

/** The forecasts of a method that keeps a state after each bar, before its warm-up too. */
export function viewsOver(
  method: ForecastingMethod,
  bars: readonly Bar[],
  of: ForecastTarget = target,
): (MethodView | undefined)[] {
  return coresOf([method], bars).map(({ methods }) =>
    method.forecast((methods[method.name] ?? begun(method, 0)).numbers, of, levels),
  );
}

/** Variances of a normal view, as fixtures have them, from its volatility over one bar. */
export const varianceOf = (view: MethodView | undefined): number | undefined => view && view.volatility ** 2;

/** Whether the quantiles are those of a normal log return with mean 0. */
export const isNormal = ({ quantiles, volatility }: MethodView): boolean =>
  quantiles.every((quantile, index) => quantile === Math.expm1(normalQuantile(levels[index] ?? NaN) * volatility));
