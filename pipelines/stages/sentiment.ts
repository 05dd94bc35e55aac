import { sentimentOperator } from "../../operators/sentiment/sentiment.js";
import { defineStage } from "../runtime/stage/definition.js";
import { countSentiments, sentimentMetrics } from "../serving/sentiment-metrics.js";

export const sentimentStage = defineStage({
  name: "sentiment",
  inputs: ["news.raw"],
  outputs: ["news.sentiment"],
  operator: sentimentOperator,
  stateSchema: "sentiment.state.avsc",
  models: ["sentiment"],
  // It holds the articles seen, whatever was read in them.
  stateNeedsModels: false,
  // At about 1 ms an article, a batch is on its way for some 30 ms with two workers.
  batch: { records: 64 },
  metrics: sentimentMetrics,
  measure: countSentiments,
  description: "What each article says about each of its symbols: a transformer and VADER, blended",
});
