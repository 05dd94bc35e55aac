/** Every feature, and the sets that can be served: side by side, each vector names its own. */
import type { Feature } from "./feature.js";
import { defineFeatureSet, type FeatureSet } from "./feature-set.js";
import { barFeatures } from "./indicators/bar-features.js";
import { localTimeFeatures } from "./calendar/local-time.js";
import { sessionFeatures } from "./calendar/session-features.js";
import { withInteractions } from "./interactions/interactions.js";
import { betaFeatures } from "./market/beta.js";
import { crossSectionFeatures } from "./market/cross-section.js";
import { decayedSentimentFeatures } from "./news/decayed-sentiment.js";
import { disagreementFeatures } from "./news/disagreement.js";
import { noveltyFeatures } from "./news/novelty.js";
import { reportFeatures } from "./news/report-rhythm.js";
import { surpriseFeatures } from "./news/surprise.js";

/** All features there are, by chapter. */
export const allFeatures: readonly Feature[] = withInteractions([
  ...barFeatures,
  ...decayedSentimentFeatures,
  ...disagreementFeatures,
  ...surpriseFeatures,
  ...noveltyFeatures,
  ...reportFeatures,
  ...localTimeFeatures,
  ...sessionFeatures,
  ...crossSectionFeatures,
  ...betaFeatures,
]);

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
