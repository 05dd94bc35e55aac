import assert from "node:assert/strict";
import { test } from "node:test";
import { modelTasks } from "../../../../models/tasks.js";
import { choicesOf } from "../../../../pipelines/operations/replay/recorded-choices.js";
import type { NewsSentiment, Score } from "../../../../schemas/generated/types.js";
import { topicNames } from "../../../../schemas/topics.js";

const model = { name: "trees", version: "1.0.0", sha256: "0".repeat(64) };
const score = { symbol: "AAPL", targets: [{ target: "move", arm: "champion", model }] } as unknown as Score;
const read = (changes: Partial<NewsSentiment>) =>
  choicesOf("news.sentiment", { symbol: "AAPL", arm: "finbert", model, degraded: false, ...changes });

test("the choice of every task is recorded somewhere, and a target that a score lacks was served by none", () => {
  const choices = choicesOf("scores", score);
  const tasks = topicNames.flatMap((name) => choicesOf(name, score).map(({ task }) => task));
  assert.deepEqual(tasks.sort(), [...modelTasks].sort());
  for (const { task, symbol, arm, model: chosen } of choices)
    assert.deepEqual([symbol, arm, chosen], task === "move" ? ["AAPL", "champion", model] : ["AAPL", "none", null]);
});

test("a sentiment without a model is whole where rules alone were routed, degraded otherwise", () => {
  assert.deepEqual(read({}), [{ task: "sentiment", symbol: "AAPL", arm: "finbert", model, rulesAlone: false }]);
  assert.equal(read({ model: null })[0]?.rulesAlone, true);
  assert.equal(read({ model: null, degraded: true })[0]?.rulesAlone, false);
});
