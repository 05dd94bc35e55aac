import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { blend, vaderProbabilities } from "../../../operators/sentiment/blend.js";

const transformer = { negative: 0.7, neutral: 0.2, positive: 0.1 };

test("VADER's probabilities have its compound score as polarity", () => {
  assert.deepEqual(vaderProbabilities(-0.25), { negative: 0.25, neutral: 0.75, positive: 0 });
});

test("the weight is the transformer's", () => {
  const { probabilities, label, confidence, score } = blend(transformer, 0.75, 0.8);
  assert.deepEqual(
    [probabilities.negative, probabilities.neutral, probabilities.positive].map((value) => value.toFixed(6)),
    ["0.525000", "0.200000", "0.275000"],
  );
  assert.equal(label, "negative");
  assert.equal(confidence, probabilities.negative);
  assert.ok(Math.abs(score - (0.75 * -0.6 + 0.25 * 0.8)) < 1e-12);
});

test("without a transformer VADER stands alone", () => {
  assert.deepEqual(blend(null, 0.75, -0.75), {
    probabilities: { negative: 0.75, neutral: 0.25, positive: 0 },
    label: "negative",
    confidence: 0.75,
    score: -0.75,
  });
});

test("a tie is neutral", () => {
  assert.equal(blend({ negative: 0.5, neutral: 0, positive: 0.5 }, 1, 0).label, "neutral");
  assert.equal(blend(null, 1, 0.5).label, "neutral");
});

test("probabilities sum to 1 and stay in their range", () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.nat(1000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (a, b, weight, compound) => {
        const total = a + b + 1;
        const { probabilities, score, confidence } = blend(
          { negative: a / total, neutral: b / total, positive: 1 / total },
          weight,
          compound,
        );
        const values = [probabilities.negative, probabilities.neutral, probabilities.positive];
        assert.ok(values.every((value) => value >= 0 && value <= 1 + 1e-12));
        assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-12);
        assert.ok(score >= -1 && score <= 1 && confidence >= 1 / 3 - 1e-12);
      },
    ),
  );
});
