/** A vector that no model takes is counted, and logged where none of the set that a model takes comes beside it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import { PlainState } from "../../../operators/plain-state.js";
import { scoresOperator } from "../../../operators/scores/scores.js";
import type { Logger } from "../../../pipelines/runtime/logger.js";
import { Metrics } from "../../../pipelines/runtime/metrics.js";
import { measureCoverage } from "../../../pipelines/stages/score-coverage.js";
import { stages } from "../../../pipelines/stages/index.js";
import type { FeatureVector } from "../../../schemas/generated/types.js";
import { RecordingScorer, routers, vector } from "../../operators/scores/fakes.js";

const sets = featureSetsByName(["core-1", "full-1"]);
const [core = "", full = ""] = sets.map(({ id }) => id);
const [coreWarm = NaN, fullWarm = NaN] = sets.map(({ warmUpBars }) => warmUpBars);
const direction = new RecordingScorer("direction", [], full);
const move = new RecordingScorer("move", [], full);

async function measured(
  vectors: readonly FeatureVector[],
  models: Parameters<typeof routers>[0] = { direction, move },
) {
  const metrics = new Metrics();
  const warnings: Record<string, unknown>[] = [];
  const logger = { warn: (facts: Record<string, unknown>) => warnings.push(facts) } as unknown as Logger;
  const take = measureCoverage({ metrics, logger });
  const batch = vectors.map((record) => ({ topic: "features" as const, record }));
  const outcomes = await scoresOperator.process(batch, new PlainState(), routers(models));
  outcomes.forEach((outcome, index) => take(outcome, vectors[index] as FeatureVector));
  const counts = (await metrics.registry.getSingleMetric("newstape_scores_vectors_total")?.get())?.values ?? [];
  return {
    kinds: [...new Set(outcomes.map(({ kind }) => kind))],
    warnings,
    counts: counts
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => `${labels.target} ${labels.feature_set} ${labels.scored} ${value}`)
      .sort(),
  };
}

/** Of a symbol that has been there for long. */
const known = { sequence: 100_000 };
const many = (count: number, ...sets: string[]): FeatureVector[] =>
  Array.from({ length: count }, (_, index) =>
    sets.map((featureSet) => vector({ id: `${featureSet} ${index}`, featureSet, triggerId: `bar-${index}`, ...known })),
  ).flat();

/** Bars of one symbol from its first vector on, each with vectors of these sets. */
const bars = (from: number, to: number, ...sets: string[]): FeatureVector[] =>
  Array.from({ length: to - from }, (_, index) =>
    sets.map((featureSet) => {
      const bar = from + index;
      return vector({
        id: `${featureSet} ${bar}`,
        featureSet,
        triggerId: `bar-${bar}`,
        barTime: bar,
        sequence: bar + 1,
      });
    }),
  ).flat();

test("vectors of a set that no model takes are no rejects: each is counted, and the log has it once a target", async () => {
  const { kinds, counts, warnings } = await measured(many(50, core));
  assert.deepEqual(kinds, ["absorb"]);
  assert.deepEqual(counts, ["direction full-1 no 50", "move full-1 no 50"]);
  assert.deepEqual(warnings, [
    { target: "direction", model: "direction@1.0.0", takes: "full-1", comes: "core-1" },
    { target: "move", model: "move@1.0.0", takes: "full-1", comes: "core-1" },
  ]);
});

test("two sets side by side: what the models take is scored, and nothing is logged of the other", async () => {
  for (const sets of [
    [core, full],
    [full, core],
  ]) {
    const { kinds, counts, warnings } = await measured(many(50, ...sets));
    assert.deepEqual(kinds.sort(), ["absorb", "emit"]);
    assert.deepEqual(counts, [
      ...["direction full-1 no 50", "direction full-1 yes 50"],
      ...["move full-1 no 50", "move full-1 yes 50"],
    ]);
    assert.deepEqual(warnings, []);
  }
});

test("a target whose model takes another set than the others' is missing in the scores, and logged", async () => {
  const { kinds, counts, warnings } = await measured(many(20, full), {
    direction,
    move: new RecordingScorer("move", [], core),
  });
  assert.deepEqual(kinds, ["emit"]);
  assert.deepEqual(counts, ["direction full-1 yes 20", "move core-1 no 20"]);
  assert.deepEqual(
    warnings.map(({ target, takes }) => [target, takes]),
    [["move", "core-1"]],
  );
});

test("a set that comes no more is logged, though it was scored before, and logged again after it came back", async () => {
  const vectors = [...many(5, full), ...many(20, core), ...many(1, full), ...many(20, core)];
  const { warnings } = await measured(vectors, { direction });
  assert.equal(warnings.length, 2);
});

const later = fullWarm - coreWarm;

test("while the larger set warms up, vectors of the smaller are early: nothing is logged, whichever comes first", async () => {
  for (const sets of [
    [core, full],
    [full, core],
  ]) {
    const { counts, warnings } = await measured([...bars(0, later, core), ...bars(later, later + 30, ...sets)], {
      direction,
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual(counts.filter((count) => !count.includes(" yes ")).sort(), [
      `direction full-1 early ${sets[0] === core ? later + 1 : later}`,
      `direction full-1 no ${sets[0] === core ? 29 : 30}`,
    ]);
  }
});

test("news in the warm-up, however much, is no evidence; a set that does not come after it is logged", async () => {
  const news = bars(0, 1, core).flatMap((first) =>
    Array.from({ length: 50 }, (_, index) => ({ ...first, id: `news ${index}`, sequence: index + 1 })),
  );
  assert.deepEqual((await measured(news, { direction })).warnings, []);
  assert.equal((await measured(bars(0, later + 1, core), { direction })).warnings.length, 0);
  assert.equal((await measured(bars(0, later + 12, core), { direction })).warnings.length, 1);
});

test("a symbol that had vectors of the set is warm: what follows without them is logged at once", async () => {
  const { warnings } = await measured([...bars(0, 1, full), ...bars(1, 12, core)], { direction });
  assert.equal(warnings.length, 1);
});

test("the scores stage measures it, and a second runner of the process counts on", () => {
  const stage = stages.find(({ name }) => name === "scores");
  assert.equal(stage?.measure, measureCoverage);
  const metrics = new Metrics();
  const logger = {} as Logger;
  measureCoverage({ metrics, logger });
  assert.doesNotThrow(() => measureCoverage({ metrics, logger }));
});
