import type { FeatureEvent } from "../../../operators/features/offline.js";
import { mergeEvents } from "../../../operators/features/offline.js";
import type { Bar, FeatureVector } from "../../../schemas/generated/types.js";
import type { Outcome } from "../../../operators/operator.js";
import { bar, fixtureBars, fixtureSymbols, sentiment } from "../../helpers/records.js";

export const barEvent = (record: Bar): FeatureEvent => ({ topic: "market.bars", record });

/** The vectors among outcomes. */
export function vectorsOf(outcomes: readonly Outcome<"features">[]): FeatureVector[] {
  return outcomes.flatMap((outcome) => (outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : []));
}

/**
 * Three real series with articles between their bars, a few of them late, and then: a repeated bar, a corrected one, one
 * too old, one of another interval, one with a price of zero and a sentiment of a symbol without bars.
 */
export function mixedEvents(bars = 60): FeatureEvent[] {
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
    ...mergeEvents(inTime, articles),
    barEvent(repeated),
    barEvent(corrected),
    barEvent(first?.at(-3) as Bar),
    barEvent(first?.[3] as Bar),
    barEvent(bar({ ...repeated, interval: "1m" })),
    barEvent(bar({ ...repeated, low: 0, eventTime: repeated.eventTime + 1 })),
    { topic: "news.sentiment", record: sentiment({ symbol: "NONE", eventTime: repeated.eventTime }) },
  ];
}
