import { findCalendar } from "../../operators/calendar/calendars.js";
import { featureSets as allSets, featureSetNames, featureSetsByName } from "../../operators/features/feature-sets.js";
import { stateUpgrades, stateVersion } from "../../operators/features/layout.js";
import { features } from "../../operators/features/operator.js";
import { withServices } from "../../operators/operator.js";
import type { FeatureVector } from "../../schemas/generated/types.js";
import { declareSettings, names } from "../runtime/settings.js";
import { defineStage } from "../runtime/stage/definition.js";

export interface FeatureSettings {
  /** Names of the feature sets to serve. */
  readonly featureSets: readonly string[];
}

const isFeatureSet = (name: string): boolean => featureSetNames.includes(name);

const settings = declareSettings(
  {
    NEWSTAPE_FEATURE_SETS: names("full")
      .refine((given) => given.every(isFeatureSet), `known are ${featureSetNames.join(", ")}`)
      // Aliases are resolved here, so that nothing after this handles them.
      .transform((given) => featureSetsByName(given).map(({ name }) => name))
      .describe(
        "Comma-separated feature sets to serve, a vector of each for every trigger; `full` is the newest `full-<n>`.",
      ),
  },
  ({ NEWSTAPE_FEATURE_SETS }): FeatureSettings => ({ featureSets: NEWSTAPE_FEATURE_SETS }),
);

/** One trigger gives a vector of each set that is served and warm: those that are not warm would have published nothing. */
function servedSets(vectors: readonly FeatureVector[]): FeatureSettings | undefined {
  const sets = vectors.flatMap(({ featureSet }) => allSets.find(({ id }) => id === featureSet) ?? []);
  return sets.length === vectors.length ? { featureSets: sets.map(({ name }) => name) } : undefined;
}

function commonSets(one: FeatureSettings, other: FeatureSettings): FeatureSettings {
  const featureSets = one.featureSets.filter((name) => other.featureSets.includes(name));
  return featureSets.length > 0 ? { featureSets } : other;
}

export const featuresStage = defineStage({
  name: "features",
  // Bars first: at the close, a vector is of that close.
  inputs: ["market.bars", "market.context", "news.sentiment"],
  outputs: ["features"],
  operator: ({ featureSets }: FeatureSettings) =>
    withServices(features, { calendars: findCalendar, sets: featureSetsByName(featureSets) }),
  settings,
  recordedSettings: { of: servedSets, common: commonSets, key: ({ featureSets }) => featureSets.join(",") },
  stateSchema: "features.state.avsc",
  stateVersion,
  stateUpgrades,
  models: [],
  batch: { records: 1000 },
  description: "Indicators, sentiment, calendar and market of one symbol after each bar and each sentiment",
});
