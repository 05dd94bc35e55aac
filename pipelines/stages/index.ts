/** The list of the stages. */
import { featuresStage } from "./features.js";
import { forecastsStage } from "./forecasts.js";
import { marketStage } from "./market.js";
import { scoresStage } from "./scores.js";
import { sentimentStage } from "./sentiment.js";
import type { AnyStage } from "../runtime/stage/definition.js";

/** Every stage of the pipeline, in the order in which a record passes them. */
export const stages: readonly AnyStage[] = [sentimentStage, marketStage, featuresStage, scoresStage, forecastsStage];
