import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { logRatio } from "../../../../operators/features/indicators/log-ratio.js";

/** Some units in the last place: the argument of log1p is rounded too. */
const tolerance = 4 * Number.EPSILON;

test("the logarithm of a ratio near 1 is as exact as log1p's", () => {
  const price = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  const move = fc.double({ min: -0.038, max: 0.038, noNaN: true });
  fc.assert(
    fc.property(price, move, (b, relative) => {
      const a = b * (1 + relative);
      // The difference of two doubles within a factor of two is exact.
      const expected = Math.log1p((a - b) / b);
      assert.ok(Math.abs(logRatio(a, b) - expected) <= tolerance * Math.abs(expected), `${a} / ${b}`);
    }),
    { numRuns: 10_000 },
  );
});

test("beyond 4 % it is the logarithm, and of equal prices it is 0", () => {
  for (const ratio of [1e-24, 0.5, 0.9, 1.1, 2, 1e24]) assert.equal(logRatio(ratio, 1), Math.log(ratio));
  assert.equal(logRatio(0.1 + 0.2, 0.1 + 0.2), 0);
});
