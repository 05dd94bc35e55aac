import { after } from "node:test";
import { loadVectorScorer } from "../../../models/runtime/vector-scorer.js";
import { recordId } from "../../../operators/record-id.js";
import { scoresOperator, targets } from "../../../operators/scores/scores.js";
import { bundledModel, treeFixture } from "../../models/runtime/artefacts.js";
import { contract } from "../contract.js";
import { routers, vector } from "./fakes.js";

const scorers = await Promise.all(
  targets.map(async (target) => [target, await loadVectorScorer(bundledModel(target))] as const),
);
after(() => Promise.all(scorers.map(([, scorer]) => scorer.close())));

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
  services: routers(Object.fromEntries(scorers)),
});
