import { landingMetrics } from "./landing/metrics.js";
import { stageMetrics, type MetricDefinition } from "./runtime/metrics.js";
import { stages } from "./stages/index.js";

/** Every metric that some part of the pipeline counts. */
export const metricDefinitions: readonly MetricDefinition[] = [
  ...stageMetrics,
  ...stages.flatMap(({ metrics }) => metrics ?? []),
  ...landingMetrics,
];
