import assert from "node:assert/strict";
import { test } from "node:test";
import { tasksOfKind } from "../../../models/tasks.js";
import { modelsForRebuild } from "../../../pipelines/operations/rebuild.js";
import { scoresStage } from "../../../pipelines/stages/scores.js";
import { sentimentStage } from "../../../pipelines/stages/sentiment.js";

test("a rebuild loads the models of a stage unless its declaration has a state that needs none", () => {
  assert.deepEqual([...sentimentStage.models], ["sentiment"]);
  assert.deepEqual(modelsForRebuild(sentimentStage), []);
  assert.deepEqual(modelsForRebuild(scoresStage).sort(), [...tasksOfKind("vector")].sort());
});
