import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bootstrap } from "../../../models/evaluation/bootstrap.js";
import { classification, type Judged } from "../../../models/evaluation/classification.js";
import { packageRoot } from "../../../schemas/files.js";

interface Case {
  readonly name: string;
  readonly actual: number[];
  readonly predicted: number[];
  readonly probabilities: number[][];
  readonly accuracy: number;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly brier: number;
  readonly ece: number;
  readonly confusion: number[][];
  readonly precision: number[];
  readonly recall: number[];
  readonly f1: number[];
  readonly support: number[];
}

const file = join(packageRoot, "test", "fixtures", "classification", "cases.json");
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };
const labels = ["negative", "neutral", "positive"];
const near = (actual: number | undefined, expected: number | undefined, what: string): void =>
  assert.ok(Math.abs((actual ?? NaN) - (expected ?? NaN)) <= 1e-12, `${what}: ${actual}, scikit-learn ${expected}`);

const judgedOf = ({ actual, predicted, probabilities }: Case): Judged[] =>
  actual.map((truth, index) => ({
    actual: truth,
    predicted: predicted[index] ?? -1,
    probabilities: probabilities[index] ?? [],
  }));

for (const expected of cases) {
  test(`${expected.name}: as scikit-learn has it`, () => {
    const result = classification(labels, judgedOf(expected));
    for (const name of ["accuracy", "weightedF1", "brier", "ece"] as const) near(result[name], expected[name], name);
    // scikit-learn counts only the classes that it saw, as we do.
    near(result.macroF1, expected.macroF1, "macroF1");
    assert.deepEqual(result.confusion, expected.confusion);
    for (const [index, metrics] of result.classes.entries()) {
      for (const name of ["precision", "recall", "f1", "support"] as const)
        near(metrics[name], expected[name][index], `${name} of ${metrics.label}`);
    }
    assert.equal(
      result.reliability.reduce((sum, { count }) => sum + count, 0),
      expected.actual.length,
    );
  });
}

test("intervals hold the figure, are the same for the same texts, and shrink with their number", () => {
  const [skilled] = cases;
  assert.ok(skilled);
  const judged = judgedOf(skilled);
  const { accuracy, macroF1 } = classification(labels, judged);
  const intervals = bootstrap(3, judged);
  assert.ok(intervals.accuracy.low < accuracy && accuracy < intervals.accuracy.high);
  assert.ok(intervals.macroF1.low < macroF1 && macroF1 < intervals.macroF1.high);
  assert.deepEqual(bootstrap(3, judged), intervals);
  const more = bootstrap(3, Array.from({ length: 16 }, () => judged).flat());
  const width = ({ low, high }: { low: number; high: number }): number => high - low;
  const ratio = width(intervals.accuracy) / width(more.accuracy);
  assert.ok(ratio > 3 && ratio < 5, `16 times the texts: a quarter of the width, not 1/${ratio}`);
  // The normal approximation, which holds for 300 texts.
  const standard = 2 * 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / judged.length);
  assert.ok(Math.abs(width(intervals.accuracy) / standard - 1) < 0.15);
});

test("nothing to evaluate, or a class that there is not, is an error", () => {
  assert.throws(() => classification(labels, []), RangeError);
  assert.throws(() => classification(labels, [{ actual: 3, predicted: 0, probabilities: [1, 0, 0] }]), RangeError);
});
