/**
 * The forecasting methods, in the order in which they stand in a forecast. `combined` follows from them and is none of them.
 *
 * A new one begins with the bars that come and the five of each series that are still there, and disturbs no other. A build
 * that does not have it drops its state, so that beside such a build it begins again: where `combined` must not depend on
 * which build was at work, raise `stateVersion` (see `state-version.ts`). A replay has the new method in
 * older forecasts too, and reports them as different.
 */
import type { ForecastingMethod } from "../method.js";
import { har } from "./har.js";
import { naive } from "./naive.js";
import { quantiles } from "./quantiles.js";

export const forecastingMethods: readonly ForecastingMethod[] = [naive, har, quantiles];
