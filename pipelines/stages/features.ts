import { nyse } from "../../operators/calendar/nyse.js";
import { featureSets as allSets, featureSetsByName } from "../../operators/features/feature-sets.js";
import { stateVersion } from "../../operators/features/layout.js";
import { features } from "../../operators/features/operator.js";
import { withServices } from "../../operators/operator.js";
import type { FeatureVector } from "../../schemas/generated/types.js";
import { defineStage, type StageSettings } from "../runtime/stage/definition.js";

/** One trigger gives a vector of each set that is served and warm: those that are not warm would have said nothing. */
function servedSets(vectors: readonly FeatureVector[]): StageSettings | undefined {
  const sets = vectors.flatMap(({ featureSet }) => allSets.find(({ id }) => id === featureSet) ?? []);
  return sets.length === vectors.length ? { featureSets: sets.map(({ name }) => name) } : undefined;
}

export const featuresStage = defineStage({
  name: "features",
  // Bars first: at the close, a vector is of that close.
  inputs: ["market.bars", "market.context", "news.sentiment"],
  outputs: ["features"],
  operator: ({ featureSets }) => withServices(features, { calendar: nyse, sets: featureSetsByName(featureSets) }),
  stateSchema: "features.state.avsc",
  stateVersion,
  settingsOf: servedSets,
  models: [],
  batch: { records: 1000 },
  description: "Indicators, sentiment, calendar and market of one symbol after each bar and each sentiment",
});
