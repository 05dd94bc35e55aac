import type { Input, Outcome } from "../../../operators/operator.js";
import type { Bar, Forecast, Score, Signal } from "../../../schemas/generated/types.js";
import { bar, fixtureBars, fixtureSymbols, score } from "../../helpers/records.js";

export type ForecastEvent = Input<"market.bars" | "scores">;

export const barEvent = (record: Bar): ForecastEvent => ({ topic: "market.bars", record });
export const scoreEvent = (record: Score): ForecastEvent => ({ topic: "scores", record });

export function forecastsOf(outcomes: readonly Outcome<"forecasts" | "signals">[]): Forecast[] {
  return recordsOf(outcomes).flatMap(({ topic, record }) => (topic === "forecasts" ? [record] : []));
}

export function signalsOf(outcomes: readonly Outcome<"forecasts" | "signals">[]): Signal[] {
  return recordsOf(outcomes).flatMap(({ topic, record }) => (topic === "signals" ? [record] : []));
}

const recordsOf = (outcomes: readonly Outcome<"forecasts" | "signals">[]) =>
  outcomes.flatMap((outcome) => (outcome.kind === "emit" ? outcome.records : []));

/**
 * Three real series with a score after each third bar, some of them ahead of their bar, some without models; then a
 * repeated bar, a corrected one, one too old, a broken one, a waiting score twice and a score with impossible levels.
 */
export function mixedEvents(bars = 130): ForecastEvent[] {
  const events: ForecastEvent[] = [];
  const series = fixtureSymbols.map((symbol) => fixtureBars(symbol, bars));
  for (let index = 0; index < bars; index += 1) {
    for (const list of series) {
      const of = list[index] as Bar;
      const made = score(of, {
        sequence: index + 1,
        up: index % 4 === 0 ? undefined : 0.5 + 0.1 * Math.sin(index),
        move: 0.2,
        quantiles: index % 5 === 0 ? undefined : [-0.02, -0.01, 0.002, 0.001, 0.02],
        sentimentMean: Math.cos(index),
        sentimentCount: index % 3,
      });
      const pair = [barEvent(of), scoreEvent(made)];
      events.push(...(index % 3 > 0 ? pair.slice(0, 1) : index % 2 === 0 ? pair : pair.reverse()));
    }
  }
  const last = series[0]?.at(-1) as Bar;
  const missing = bar({ ...last, eventTime: last.eventTime + 86_400_000 });
  return [
    ...events,
    barEvent(last),
    barEvent(bar({ ...last, volume: 7 })),
    scoreEvent(score(last, { sequence: 999, up: 0.6 })),
    barEvent(series[0]?.[0] as Bar),
    barEvent(bar({ ...last, close: last.high * 2 })),
    scoreEvent(score(missing, { sequence: 1000 })),
    scoreEvent(score(missing, { sequence: 1000 })),
    scoreEvent(score(last, { sequence: 1001, levels: [0.5, 0.1], quantiles: [0, 0] })),
    scoreEvent(score(last, { sequence: 1002, up: 1.5 })),
  ];
}
