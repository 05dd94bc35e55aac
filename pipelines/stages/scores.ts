import { scoresOperator } from "../../operators/scores/scores.js";
import { measureCoverage } from "./score-coverage.js";
import { defineStage } from "../runtime/stage/definition.js";

export const scoresStage = defineStage({
  name: "scores",
  inputs: ["features"],
  outputs: ["scores"],
  operator: scoresOperator,
  models: ["direction", "move", "return"],
  batch: { records: 500 },
  measure: measureCoverage,
  description: "Every target's score for one feature vector, from ONNX tree ensembles",
});
