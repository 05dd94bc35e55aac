import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import type { FeatureEvent } from "./compute.js";
import { mergeEvents } from "./compute.js";
import type { Bar, FeatureVector } from "../../../schemas/generated/types.js";
import type { Outcome } from "../../../operators/operator.js";
import type { FeaturesServices } from "../../../operators/features/operator.js";
import type { FeatureSet } from "../../../operators/features/feature-set.js";
import type { MarketContext } from "../../../schemas/generated/types.js";
import { recordId } from "../../../operators/record-id.js";
import { bar, fixtureBars, fixtureSymbols, sentiment, services as calendarOnly } from "../../helpers/records.js";

export const [core, full] = featureSetsByName(["core", "full"]) as [FeatureSet, FeatureSet];

/** Both sets side by side. */
export const services: FeaturesServices = { ...calendarOnly, sets: [core, full] };

/** A cross-section of the market at a time. */
export function context(fields: Partial<MarketContext> & Pick<MarketContext, "eventTime">): MarketContext {
  const { interval = "1d", eventTime, sequence = 1 } = fields;
  return {
    id: recordId("market", interval, String(eventTime), String(sequence)),
    interval,
    asOf: eventTime,
    origin: "backfill",
    sequence,
    symbols: 3,
    breadth: 1 / 3,
    meanReturn: 0.001,
    dispersion: 0.01,
    rangeVolatility: 0.012,
    quantiles: Array.from({ length: 21 }, (_, index) => (index - 10) / 500),
    medianReturn: 0.0005,
    winsorisedReturn: 0.0008,
    medianDeviation: 0.009,
    calendar: "XNYS",
    ...fields,
  };
}

export const contextEvent = (record: MarketContext): FeatureEvent => ({ topic: "market.context", record });

export const barEvent = (record: Bar): FeatureEvent => ({ topic: "market.bars", record });

/** The vectors among outcomes. */
export function vectorsOf(outcomes: readonly Outcome<"features">[]): FeatureVector[] {
  return outcomes.flatMap((outcome) => (outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : []));
}

/**
 * Three real series with articles between their bars, a few of them late, and then: a repeated bar, a corrected one, one
 * too old, one of another interval, one with a price of zero and a sentiment of a symbol without bars. With
 * cross-sections, one for each time of a bar, the last of them comes twice.
 */
export function mixedEvents(bars = 60, contexts: readonly MarketContext[] = []): FeatureEvent[] {
  const series = fixtureSymbols.map((symbol) => fixtureBars(symbol, bars));
  const articles = series.flatMap((list, which) =>
    list.flatMap(({ symbol, eventTime }, index) =>
      (index * 7 + which) % 3 === 0
        ? [
            sentiment({
              symbol,
              articleId: `${symbol}-${index}`,
              eventTime: eventTime + 3_600_000 * (index % 20),
              asOf: eventTime + 3_600_000 * (index % 20) + (index % 5 === 0 ? 7_200_000 : 0),
              score: Math.sin(index),
            }),
          ]
        : [],
    ),
  );
  const inTime = series.flat().sort((a, b) => a.availableAt - b.availableAt);
  const [first] = series;
  const repeated = first?.at(-2) as Bar;
  const corrected = bar({ ...(first?.at(-3) as Bar), volume: 123_456, availableAt: repeated.availableAt + 60_000 });
  return [
    ...mergeEvents(inTime, articles, contexts),
    ...contexts.slice(-1).map(contextEvent),
    barEvent(repeated),
    barEvent(corrected),
    barEvent(first?.at(-3) as Bar),
    barEvent(first?.[3] as Bar),
    barEvent(bar({ ...repeated, interval: "1m" })),
    barEvent(bar({ ...repeated, low: 0, eventTime: repeated.eventTime + 1 })),
    { topic: "news.sentiment", record: sentiment({ symbol: "NONE", eventTime: repeated.eventTime }) },
  ];
}

/** A cross-section a minute after each close of the first series. */
export const marketContexts = (bars = 60): MarketContext[] =>
  fixtureBars(fixtureSymbols[0], bars).map(({ eventTime }, index) =>
    context({ eventTime, asOf: eventTime + 60_000, sequence: index + 1, meanReturn: Math.sin(index) / 100 }),
  );
