import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chunks } from "../../../models/runtime/chunks.js";

test("pieces cover all items in order, none is too large, and only the last may be too small", () => {
  fc.assert(
    fc.property(
      fc.nat(2000),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 32 }),
      (count, workers, smallest) => {
        const largest = smallest * 4;
        const pieces = chunks(count, workers, smallest, largest);
        let covered = 0;
        for (const [index, [start, end]] of pieces.entries()) {
          assert.equal(start, covered);
          assert.ok(end > start && end - start <= largest);
          assert.ok(end - start >= smallest || index === pieces.length - 1);
          covered = end;
        }
        assert.equal(covered, count);
      },
    ),
  );
});

test("two texts for two workers go to both; one worker gets all at once", () => {
  assert.deepEqual(chunks(2, 2, 1, 16), [
    [0, 1],
    [1, 2],
  ]);
  assert.deepEqual(chunks(12, 1, 1, 16), [[0, 12]]);
});
