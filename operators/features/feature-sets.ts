/** Every feature, and the sets that can be served: side by side, each vector names its own. */
import type { Feature } from "./feature.js";
import { defineFeatureSet, type FeatureSet } from "./feature-set.js";
import { bollingerFeatures } from "./indicators/bollinger.js";
import { macdFeatures } from "./indicators/macd.js";
import { momentumFeatures } from "./indicators/momentum.js";
import { rangeVolatilityFeature } from "./indicators/range-volatility.js";
import { rsiFeature } from "./indicators/rsi.js";
import { volumeRatioFeature } from "./indicators/volume-ratio.js";
import { localTimeFeatures } from "./calendar/local-time.js";
import { decayedSentimentFeatures } from "./news/decayed-sentiment.js";

/** All features there are, by chapter. */
export const allFeatures: readonly Feature[] = [
  rsiFeature,
  ...macdFeatures,
  ...bollingerFeatures,
  volumeRatioFeature,
  ...momentumFeatures,
  rangeVolatilityFeature,
  ...decayedSentimentFeatures,
  ...localTimeFeatures,
];

const byName = new Map(allFeatures.map((feature) => [feature.name, feature]));

function pick(...names: readonly string[]): Feature[] {
  return names.map((name) => {
    const feature = byName.get(name);
    if (feature === undefined) throw new Error(`there is no feature ${name}`);
    return feature;
  });
}

/** The 18 that the first models were trained on. */
const core = defineFeatureSet(
  "core",
  pick(
    ...["rsi-14", "macd-line", "macd-signal", "macd-histogram", "bollinger-position", "bollinger-width"],
    ...["volume-ratio-20", "last-return", "momentum-5", "momentum-10", "momentum-20", "range-volatility-20"],
    ...["sentiment-mean", "sentiment-count"],
    ...["time-of-day-sin", "time-of-day-cos", "day-of-week-sin", "day-of-week-cos"],
  ),
);

const full = defineFeatureSet("full", allFeatures);

export const featureSets: readonly FeatureSet[] = [core, full];

/** @throws RangeError for a name that is none of the sets' */
export function featureSetsByName(names: readonly string[]): FeatureSet[] {
  return names.map((name) => {
    const set = featureSets.find((candidate) => candidate.name === name || candidate.id === name);
    if (set === undefined) {
      const known = featureSets.map((candidate) => candidate.name).join(", ");
      throw new RangeError(`there is no feature set ${name}; there are ${known}`);
    }
    return set;
  });
}
