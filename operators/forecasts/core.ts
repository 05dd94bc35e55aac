/** The bars of one symbol as the light methods need them. */
import type { ForecastsCore, KeptBar } from "../../schemas/generated/types.js";
import { barVariance } from "./bar-variance.js";
import { emptyHar, stepHar } from "./har.js";
import { stepReturnVariance } from "./naive.js";

export const emptyCore: ForecastsCore = { bars: 0, close: 0, returnVariance: 0, har: emptyHar, priceFactor: 1 };

/** Takes in one bar; gives a new core. */
export function stepCore(core: ForecastsCore, bar: KeptBar): ForecastsCore {
  const priceFactor = core.priceFactor * bar.split * bar.dividendFactor;
  const scale = bar.adjustment * priceFactor;
  const close = bar.close * scale;
  if (core.bars === 0) return { ...core, bars: 1, close, priceFactor };
  return {
    priceFactor,
    bars: core.bars + 1,
    close,
    returnVariance: stepReturnVariance(core.returnVariance, Math.log(close / core.close), core.bars),
    har: stepHar(core.har, barVariance(bar, core.close / scale)),
  };
}
