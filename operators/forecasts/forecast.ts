import type { Forecast, ForecastMethod, ForecastsCore, PendingScore } from "../../schemas/generated/types.js";
import type { ExchangeCalendar } from "../calendar/calendar.js";
import { recordId } from "../record-id.js";
import { combine } from "./combined.js";
import type { ForecastingMethod, ForecastTarget } from "./method.js";
import { begun, type MethodStates } from "./method-states.js";
import { naive } from "./methods/naive.js";
import { knownTarget } from "./target-time.js";

export interface ForecastSubject {
  readonly symbol: string;
  readonly interval: string;
  /** Latest availableAt of everything used. */
  readonly asOf: number;
}

/** Levels where no model sets them. */
export const defaultLevels: readonly number[] = [0.05, 0.25, 0.5, 0.75, 0.95];

/** Stands in a forecast that no model took part in. */
const modelFree = `${naive.name}@${naive.version}`;

/**
 * Every method that is warm and has a forecast, in the order of the list, and then those that count combined.
 *
 * @param core the bars up to the one that the score names; undefined when they are too far back
 * @returns undefined when no method that counts has a forecast, or the calendar does not reach to what would be forecast
 */
export function makeForecast(
  methods: readonly ForecastingMethod[],
  score: PendingScore,
  core: ForecastsCore | undefined,
  { symbol, interval, asOf }: ForecastSubject,
  calendar: ExchangeCalendar,
): Forecast | undefined {
  const target = knownTarget(calendar, interval, score.barTime, score.asOf);
  if (target === undefined) return undefined;
  const modelQuantiles = score.model === null ? undefined : score.quantiles;
  const levels = score.levels.length > 0 ? score.levels : defaultLevels;
  const { published, counted } = viewsOf(methods, core?.methods ?? {}, { ...target, modelQuantiles }, levels);
  if (counted.length === 0) return undefined;
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
    methods: [...published, combine(counted)],
    modelVersion: score.model ?? modelFree,
  };
}

/** The forecast of each method, and those of them that count in the combined view. */
function viewsOf(
  methods: readonly ForecastingMethod[],
  states: Readonly<MethodStates>,
  target: ForecastTarget,
  levels: readonly number[],
): { published: ForecastMethod[]; counted: ForecastMethod[] } {
  const published: ForecastMethod[] = [];
  const counted: ForecastMethod[] = [];
  for (const method of methods) {
    const { bars, numbers } = states[method.name] ?? begun(method, 0);
    const view = bars < method.warmUp ? undefined : method.forecast(numbers, target, levels);
    if (view === undefined) continue;
    const { quantiles, volatility } = view;
    const of = { method: method.name, levels: [...levels], quantiles, volatility };
    published.push(of);
    if (method.inCombined) counted.push(of);
  }
  return { published, counted };
}
