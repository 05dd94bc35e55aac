/** Every stage of the pipeline, in the order in which a record passes them. */
import { featuresStage } from "./features.js";
import { forecastsStage } from "./forecasts.js";
import { marketStage } from "./market.js";
import { scoresStage } from "./scores.js";
import { sentimentStage } from "./sentiment.js";
import { createLogger } from "../runtime/logger.js";
import { Metrics } from "../runtime/metrics.js";
import type { AnyStage } from "../runtime/stage/definition.js";

export const stages: readonly AnyStage[] = [sentimentStage, marketStage, featuresStage, scoresStage, forecastsStage];

/** The metrics of a process that runs everything, those included that single stages declare. */
export function metricsOfAll(): Metrics {
  const metrics = new Metrics();
  for (const stage of stages) stage.measure?.({ metrics, logger: createLogger("silent") });
  return metrics;
}
