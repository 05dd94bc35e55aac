import assert from "node:assert/strict";
import { test } from "node:test";
import { noveltyOf, stepStories } from "../../../../operators/features/news/novelty.js";
import { fingerprint } from "../../../../operators/sentiment/fingerprint.js";

const hour = 3_600_000;
const start = Date.UTC(2014, 0, 1);

const published = (...stories: readonly (readonly [number, string])[]): number[] =>
  stories.reduce<number[]>((list, [hours, text]) => stepStories(list, start + hours * hour, fingerprint(text)), []);

const noveltyAt = (hours: number, ...stories: readonly (readonly [number, string])[]): number =>
  noveltyOf(published(...stories), start + hours * hour);

const apple = "Apple raises its dividend by 8% and buys back more shares";

test("the same words at once are nothing new, and become new again with time", () => {
  assert.equal(noveltyAt(0, [0, apple], [0, apple]), 0);
  assert.ok(Math.abs(noveltyAt(24, [0, apple], [24, apple]) - 0.5) < 1e-12);
  assert.ok(noveltyAt(2400, [0, apple], [2400, apple]) > 0.999);
});

test("a repeat with a few other words is less new than another story", () => {
  const repeated = noveltyAt(1, [0, apple], [1, `RT @news: ${apple} $AAPL`]);
  const changed = noveltyAt(1, [0, apple], [1, "Apple raises dividend by 8%, buys back more shares"]);
  const other = noveltyAt(1, [0, apple], [1, "Exxon finds oil off the coast of Guyana"]);
  assert.ok(repeated < 0.03, String(repeated));
  assert.ok(changed > repeated && changed < 0.8, String(changed));
  assert.ok(other > 0.7, String(other));
});

test("what is repeated need not be the last story", () => {
  assert.ok(noveltyAt(2, [0, apple], [1, "Exxon finds oil off the coast of Guyana"], [2, apple]) < 0.06);
});

test("of the stories the last eight are kept, a late one in its place", () => {
  const stories = Array.from({ length: 12 }, (_, index) => [index, `story number ${index}`] as const);
  const list = published(...stories);
  assert.equal(list.length, 8 * 3);
  assert.deepEqual(published(...stories.toReversed()), list);
  assert.deepEqual(published(...stories, [2, "a late one"]), list, "older than the oldest");
  assert.equal(published(...stories, [7.5, "a late one"])[3 * 3], start + 7.5 * hour);
});

test("an article without words is as new as any, and no story", () => {
  assert.deepEqual(published([0, "$AAPL"]), []);
  assert.equal(noveltyAt(1, [0, apple], [1, "@someone $AAPL"]), 1);
});
