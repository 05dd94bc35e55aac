import { z } from "zod";
import { parseFinbertFlag } from "../../models/registry/finbert-flag.js";
import { sentimentOperator } from "../../operators/sentiment/sentiment.js";
import { declareSettings } from "../runtime/settings.js";
import { defineStage } from "../runtime/stage/definition.js";
import { countSentiments, sentimentMetrics } from "../serving/sentiment-metrics.js";

export interface SentimentSettings {
  /** Share of the symbols that the first route of sentiment gives to the transformer. */
  readonly finbertShare?: number;
}

const isFinbertFlag = (text: string): boolean => {
  try {
    return parseFinbertFlag(text) >= 0;
  } catch {
    return false;
  }
};

const settings = declareSettings(
  {
    FINBERT_SENTIMENT: z
      .string()
      .refine(isFinbertFlag, "must be off, on, ab or a percentage such as 25%")
      .transform(parseFinbertFlag)
      .optional()
      .describe(
        "off, on, ab or a percentage: symbols whose news the transformer reads, VADER alone the others; for the first route only, then `models route`.",
      ),
  },
  ({ FINBERT_SENTIMENT }): SentimentSettings =>
    FINBERT_SENTIMENT === undefined ? {} : { finbertShare: FINBERT_SENTIMENT },
);

export const sentimentStage = defineStage({
  name: "sentiment",
  inputs: ["news.raw"],
  outputs: ["news.sentiment"],
  operator: sentimentOperator,
  settings,
  stateSchema: "sentiment.state.avsc",
  models: ["sentiment"],
  // It holds the articles seen, whatever was read in them.
  stateNeedsModels: false,
  // Two workers take some 0.3 s for these (test/bench/results/sentiment.json, 2026-11-28): more would only wait longer.
  batch: { records: 64 },
  metrics: sentimentMetrics,
  measure: countSentiments,
  description: "The sentiment of each article for each of its symbols: a transformer and VADER, blended",
});
