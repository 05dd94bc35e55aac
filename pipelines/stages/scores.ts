import { scoresOperator, targets } from "../../operators/scores/scores.js";
import { measureCoverage, scoreMetrics } from "./score-coverage.js";
import { defineStage } from "../runtime/stage/definition.js";

export const scoresStage = defineStage({
  name: "scores",
  inputs: ["features"],
  outputs: ["scores"],
  operator: scoresOperator,
  models: targets,
  batch: { records: 500 },
  metrics: scoreMetrics,
  measure: measureCoverage,
  description: "Every target's score for one feature vector, from ONNX tree ensembles",
});
