import { nyse } from "../operators/calendar/nyse.js";
import { features } from "../operators/features/operator.js";
import { withServices } from "../operators/operator.js";
import { defineStage } from "./runtime/stage/definition.js";

export const featuresStage = defineStage({
  name: "features",
  // Bars first: at the close, a vector is of that close.
  inputs: ["market.bars", "news.sentiment"],
  outputs: ["features"],
  operator: withServices(features, { calendar: nyse }),
  stateSchema: "features.state.avsc",
  models: [],
  batch: { records: 1000 },
  description: "Indicators, decayed sentiment and calendar of one symbol after each bar and each sentiment",
});
