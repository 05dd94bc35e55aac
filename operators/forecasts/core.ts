/** The bars of one symbol as the methods that keep a state have taken them in. */
import type { ForecastsCore } from "../../schemas/generated/types.js";
import type { RevisableSeries, Step } from "../series/revisable-series.js";
import type { ForecastingMethod } from "./method.js";
import { areKept, eachBegun, stepStates, type MethodStates } from "./method-states.js";
import { formerHar, formerVariance } from "./state-version.js";

export const emptyCore = (methods: readonly ForecastingMethod[]): ForecastsCore =>
  coreOf(0, 0, 1, eachBegun(methods, 0));

/** Takes in one bar; gives a new core. */
export const stepCore =
  (methods: readonly ForecastingMethod[]): Step<ForecastsCore> =>
  (core, bar) => {
    const priceFactor = core.priceFactor * bar.split * bar.dividendFactor;
    const scale = bar.adjustment * priceFactor;
    const close = bar.close * scale;
    if (core.bars === 0) return coreOf(1, close, priceFactor, eachBegun(methods, 1));
    const closeBefore = core.close / scale;
    const logReturn = Math.log(close / core.close);
    const states = stepStates(methods, core.methods, { traded: bar, closeBefore, logReturn });
    return coreOf(core.bars + 1, close, priceFactor, states);
  };

/**
 * The series with a state of every method: one that has none here, or one of another version, begins before the bars that
 * are still there. The states of the others stay as they are.
 */
export function withEveryMethod<Series extends RevisableSeries<ForecastsCore>>(
  series: Series,
  methods: readonly ForecastingMethod[],
): Series {
  const { base, recent, current } = series;
  if (areKept(base.methods, methods) && areKept(current.methods, methods)) return series;
  const anew = methods.filter((method) => !areKept(base.methods, [method]) || !areKept(current.methods, [method]));
  const begun = eachBegun(anew, base.bars === 0 ? 0 : 1);
  const folded = recent.reduce(stepCore(anew), { ...base, methods: begun }).methods;
  return { ...series, base: withStates(base, begun), current: withStates(current, folded) };
}

const withStates = ({ bars, close, priceFactor, methods }: ForecastsCore, states: MethodStates): ForecastsCore =>
  coreOf(bars, close, priceFactor, { ...methods, ...states });

function coreOf(bars: number, close: number, priceFactor: number, methods: MethodStates): ForecastsCore {
  return { bars, close, returnVariance: formerVariance(methods), har: formerHar(methods), priceFactor, methods };
}
