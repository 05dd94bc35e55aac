import { after } from "node:test";
import { loadVectorScorer } from "../../../models/runtime/vector-scorer.js";
import { recordId } from "../../../operators/record-id.js";
import { scoresOperator } from "../../../operators/scores/scores.js";
import { bundledModel, treeFixture } from "../../models/runtime/artefacts.js";
import { contract } from "../contract.js";
import { routers, vector } from "./fakes.js";

const [direction, move, quantiles] = await Promise.all([
  loadVectorScorer(bundledModel("direction")),
  loadVectorScorer(bundledModel("move")),
  loadVectorScorer(bundledModel("return")),
]);
after(() => Promise.all([direction.close(), move.close(), quantiles.close()]));

const { rows, featureSet } = treeFixture("move");

contract("scores", {
  operator: scoresOperator,
  inputs: rows.map((values, index) => ({
    topic: "features" as const,
    record: vector({
      id: recordId("features", String(index)),
      values: [...values],
      featureSet: index % 17 === 3 ? "another" : featureSet,
      sequence: index + 1,
    }),
  })),
  services: routers({ direction, move, return: quantiles }),
});
