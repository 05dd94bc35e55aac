import assert from "node:assert/strict";
import { test } from "node:test";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import type { KeyedState } from "../../../operators/operator.js";
import { scoresOperator } from "../../../operators/scores/scores.js";
import type { FeatureVector } from "../../../schemas/generated/types.js";
import { RecordingScorer, routers, vector } from "./fakes.js";

const direction = new RecordingScorer("direction");
const move = new RecordingScorer("move");
const quantiles = new RecordingScorer("return", [0.25, 0.5, 0.75]);

const all = routers({ direction, move, return: quantiles });

const noState: KeyedState<never> = {
  get: () => undefined,
  set: () => assert.fail("the scores operator has no state"),
  delete: () => assert.fail("the scores operator has no state"),
  entries: () => [],
};

const process = (vectors: readonly FeatureVector[], services = all) =>
  scoresOperator.process(
    vectors.map((record) => ({ topic: "features", record })),
    noState,
    services,
  );

test("one vector gives one score with every target, sorted, and the vector itself", async () => {
  const [outcome] = await process([vector()]);
  assert.ok(outcome?.kind === "emit");
  assert.equal(outcome.records.length, 1);
  const score = outcome.records[0]?.record;
  const by = { arm: "champion", trained: null };
  assert.deepEqual(score?.targets, [
    { target: "direction", values: [0.75], levels: [], model: direction.model, ...by },
    { target: "move", values: [0.75], levels: [], model: move.model, ...by },
    { target: "return", values: [1, 1.25, 1.5], levels: [0.25, 0.5, 0.75], model: quantiles.model, ...by },
  ]);
  assert.deepEqual(
    [score.vectorId, score.values, score.sequence, score.asOf, score.origin],
    ["vector-1", [0.25, 0.5], 7, 2000, "live"],
  );
});

test("a score says of each target whether its model was trained on the symbol", async () => {
  const some = new RecordingScorer("direction", [], "f1", new Set(["AAPL", "MSFT"]));
  const others = new RecordingScorer("move", [], "f1", new Set(["XOM"]));
  const [outcome] = await process([vector()], routers({ direction: some, move: others, return: quantiles }));
  assert.ok(outcome?.kind === "emit");
  assert.deepEqual(
    outcome.records[0]?.record.targets.map(({ target, trained }) => [target, trained]),
    [
      ["direction", true],
      ["move", false],
      ["return", null],
    ],
  );
});

test("a batch asks each model once", async () => {
  direction.calls.length = 0;
  await process([vector({ id: "a" }), vector({ id: "b", symbol: "MSFT" }), vector({ id: "c" })]);
  assert.deepEqual(direction.calls, [3]);
});

test("a vector of a set that this build has and no model takes is absorbed, with a note for each target", async () => {
  const [known = ""] = featureSetsByName(["core-1"]).map(({ id }) => id);
  const [outcome] = await process([vector({ featureSet: known })], routers({ direction, move }));
  assert.deepEqual(outcome, {
    kind: "absorb",
    notes: [
      { target: "direction", model: "direction@1.0.0", takes: "f1" },
      { target: "move", model: "move@1.0.0", takes: "f1" },
    ],
  });
});

test("a target whose model takes another set is left out, with a note", async () => {
  const other = new RecordingScorer("move", [], "f2");
  const [outcome] = await process([vector()], routers({ direction, move: other }));
  assert.ok(outcome?.kind === "emit");
  assert.deepEqual(
    outcome.records[0]?.record.targets.map(({ target }) => target),
    ["direction"],
  );
  assert.deepEqual(outcome.notes, [{ target: "move", model: "move@1.0.0", takes: "f2" }]);
});

test("a vector of an unknown feature set is rejected, the others go on", async () => {
  const outcomes = await process([vector({ featureSet: "f2" }), vector()]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === "reject" ? outcome.code : outcome.kind)),
    ["WRONG_FEATURE_SET", "emit"],
  );
});

for (const value of [NaN, Infinity, 1e300]) {
  test(`a value of ${value} is rejected before any model sees it`, async () => {
    const [outcome] = await process([vector({ values: [0, value] })]);
    assert.ok(outcome?.kind === "reject" && outcome.code === "NOT_FINITE");
  });
}

test("a target without a model is left out", async () => {
  const [outcome] = await process([vector()], routers({ move }));
  assert.ok(outcome?.kind === "emit");
  assert.deepEqual(
    outcome.records[0]?.record.targets.map(({ target }) => target),
    ["move"],
  );
});
