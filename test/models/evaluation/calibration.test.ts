import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { calibrate, tempered } from "../../../models/evaluation/calibration.js";
import { packageRoot } from "../../../schemas/files.js";

interface Case {
  readonly name: string;
  readonly actual: number[];
  readonly model: number[][];
  readonly second: number[][];
  readonly temperature: number;
  readonly weight: number;
  readonly loss: number;
}

const { cases } = JSON.parse(
  readFileSync(join(packageRoot, "test", "fixtures", "calibration", "cases.json"), "utf8"),
) as { cases: Case[] };

for (const { name, actual, model, second, temperature, weight, loss } of cases) {
  test(`temperature and weight are those of scipy's optimum, to the grid's step: ${name}`, () => {
    const found = calibrate(model, second, actual);
    // Half a step, and what the loss's flatness between neighbours of the grid allows.
    assert.ok(Math.abs(found.temperature - temperature) <= 0.03, `${found.temperature} for ${temperature}`);
    assert.ok(Math.abs(found.weight - weight) <= 0.008, `${found.weight} for ${weight}`);
    const reached = actual.reduce((sum, label, index) => {
      const own = tempered(model[index] ?? [], found.temperature)[label] ?? NaN;
      const other = second[index]?.[label] ?? NaN;
      return sum - Math.log(found.weight * own + (1 - found.weight) * other) / actual.length;
    }, 0);
    assert.ok(reached >= loss - 1e-6 && reached <= loss + 1e-4, `${reached} for ${loss}`);
  });
}

test("a temperature of 1 leaves probabilities as they are, a high one makes them alike", () => {
  assert.deepEqual(tempered([0.25, 0.25, 0.5], 1), [0.25, 0.25, 0.5]);
  const [low = NaN, , high = NaN] = tempered([0.01, 0.01, 0.98], 1000);
  assert.ok(high - low < 0.01);
});

test("nothing to learn from, or lengths that differ, are refused", () => {
  assert.throws(() => calibrate([], [], []), /0 and 0 predictions for 0 labels/);
  assert.throws(() => calibrate([[0.5, 0.5, 0]], [], [1]), RangeError);
});
