import { nyse } from "../operators/calendar/nyse.js";
import { featureSetsByName } from "../operators/features/feature-sets.js";
import { stateVersion } from "../operators/features/layout.js";
import { features } from "../operators/features/operator.js";
import { withServices } from "../operators/operator.js";
import { defineStage } from "./runtime/stage/definition.js";

export const featuresStage = defineStage({
  name: "features",
  // Bars first: at the close, a vector is of that close.
  inputs: ["market.bars", "market.context", "news.sentiment"],
  outputs: ["features"],
  operator: ({ featureSets }) => withServices(features, { calendar: nyse, sets: featureSetsByName(featureSets) }),
  stateSchema: "features.state.avsc",
  stateVersion,
  models: [],
  batch: { records: 1000 },
  description: "Indicators, sentiment, calendar and market of one symbol after each bar and each sentiment",
});
