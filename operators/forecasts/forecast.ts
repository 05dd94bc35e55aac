import type { Forecast, ForecastMethod, ForecastsCore, PendingScore } from "../../schemas/generated/types.js";
import type { ExchangeCalendar } from "../calendar/calendar.js";
import { recordId } from "../record-id.js";
import { harVariance } from "./har.js";
import { combinedMethod, defaultLevels, modelMethod, normalMethod } from "./methods.js";
import { targetTime } from "./target-time.js";

export interface ForecastSubject {
  readonly symbol: string;
  readonly interval: string;
  /** Latest availableAt of everything used. */
  readonly asOf: number;
}

/**
 * Every method that has something to say, and then all of them combined: naive from the second bar on, har from the 89th,
 * quantiles when the score has them.
 *
 * @param core the bars up to the one that the score names; undefined when they are too far back
 * @returns undefined when no method has anything to say
 */
export function makeForecast(
  score: PendingScore,
  core: ForecastsCore | undefined,
  { symbol, interval, asOf }: ForecastSubject,
  calendar: ExchangeCalendar,
): Forecast | undefined {
  const target = targetTime(calendar, interval, score.barTime, score.asOf);
  const levels = score.levels.length > 0 ? score.levels : defaultLevels;
  const variance = core && harVariance(core.har);
  const methods: ForecastMethod[] = [];
  if (core && core.bars > 1) methods.push(normalMethod("naive", core.returnVariance, target.horizon, levels));
  if (variance !== undefined) methods.push(normalMethod("har", variance, target.horizon, levels));
  if (score.model !== null) methods.push(modelMethod(score.quantiles, target.horizon, levels));
  if (methods.length === 0) return undefined;
  return {
    id: recordId("forecasts", score.scoreId, symbol),
    symbol,
    scoreId: score.scoreId,
    sequence: score.sequence,
    eventTime: score.eventTime,
    asOf,
    origin: score.origin,
    interval,
    barId: score.barId,
    barTime: score.barTime,
    close: score.close,
    ...target,
    methods: [...methods, combinedMethod(methods)],
    modelVersion: score.model ?? "naive@1",
  };
}
