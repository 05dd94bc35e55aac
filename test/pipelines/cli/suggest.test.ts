import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { closest, didYouMean, editDistance } from "../../../pipelines/cli/suggest.js";

test("the distance of two words counts insertions, deletions, replacements and swaps of neighbours", () => {
  for (const [one, other, distance] of [
    ["", "", 0],
    ["features", "features", 0],
    ["featrues", "features", 1],
    ["score", "scores", 1],
    ["kitten", "sitting", 3],
    ["", "abc", 3],
    // Restricted: "ca" → "ac" → "abc" would change the swapped pair again.
    ["ca", "abc", 3],
  ] as const) {
    assert.equal(editDistance(one, other), distance, `${one} → ${other}`);
  }
});

test("it is a distance: symmetric, 0 only for equal words, at most the longer one's length", () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (one, other) => {
      const distance = editDistance(one, other);
      assert.equal(distance, editDistance(other, one));
      assert.equal(distance === 0, one === other);
      assert.ok(distance <= Math.max(one.length, other.length));
      assert.ok(distance >= Math.abs(one.length - other.length));
    }),
  );
});

test("the nearest candidates are named, a beginning or a part of one too; else all there are", () => {
  const stages = ["sentiment", "features", "scores", "forecasts", "market"];
  assert.deepEqual(closest("featurs", stages), ["features"]);
  assert.deepEqual(closest("SENT", stages), ["sentiment"]);
  assert.deepEqual(closest("news", ["news.raw", "news.sentiment"]), ["news.raw", "news.sentiment"]);
  assert.deepEqual(closest("xyz", stages), []);
  assert.equal(didYouMean("scroes", stages), "Did you mean scores?");
  assert.match(didYouMean("xyz", stages), /^It is one of sentiment, features/);
});
