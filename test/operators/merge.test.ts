/** The order in which inputs are taken. That live, replay and offline agree on it: test/pipelines/offline/one-order.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareMergeKeys, firstOfHeads, inputPosition } from "../../operators/merge.js";
import { bar, sentiment } from "../helpers/records.js";
import { mergeEvents } from "./features/compute.js";
import { context } from "./features/events.js";

test("the order is (availableAt, rank, id), ids by code units", () => {
  const key = (availableAt: number, rank: number, id: string) => ({ availableAt, rank, id });
  const sorted = [key(-Infinity, 1, "z"), key(1, 0, "B"), key(1, 0, "a"), key(1, 1, "A"), key(2, 0, "a")];
  fc.assert(
    fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (shuffled) => {
      assert.deepEqual(shuffled.sort(compareMergeKeys), sorted);
    }),
  );
  assert.equal(compareMergeKeys(key(-Infinity, 0, "a"), key(-Infinity, 0, "a")), 0);
});

test("of the inputs' next records the earliest goes first, at one time that of the lower rank", () => {
  const at = (availableAt: number) => ({ availableAt });
  assert.equal(firstOfHeads([at(2), at(1), at(1)]), 1);
  assert.equal(firstOfHeads([undefined, at(7), at(-Infinity)]), 2);
  assert.equal(firstOfHeads([undefined, undefined]), -1);
});

test("a record whose time is no number goes first", () => {
  assert.deepEqual(inputPosition("market.bars", { ...bar({ eventTime: 1 }), availableAt: NaN, id: "x" }), {
    availableAt: -Infinity,
    id: "x",
  });
});

test("events are merged by availableAt, bars before cross-sections before sentiments, sentiments by id", () => {
  const bars = [
    bar({ eventTime: 10 }),
    bar({ eventTime: 20 }),
    bar({ eventTime: 15, availableAt: 30 }),
    bar({ eventTime: 25 }),
  ];
  const articles = [5, 10, 20, 28, 40].flatMap((time) =>
    ["a", "b"].map((name) => sentiment({ eventTime: time, articleId: `${name}${time}` })),
  );
  const contexts = [15, 20].map((eventTime) => context({ eventTime }));
  const merged = [...mergeEvents(bars, articles.toReversed(), contexts)];
  const shown = merged.map(({ topic, record }) =>
    topic === "market.bars"
      ? `bar ${record.eventTime}`
      : `${topic === "market.context" ? "context" : "article"} ${record.asOf}`,
  );
  assert.deepEqual(shown, [
    ...["article 5", "article 5", "bar 10", "article 10", "article 10", "context 15"],
    ...["bar 20", "context 20", "article 20", "article 20"],
    ...["article 28", "article 28", "bar 15", "bar 25", "article 40", "article 40"],
  ]);
  const ids = merged.flatMap(({ topic, record }) =>
    topic === "news.sentiment" && record.asOf === 40 ? [record.id] : [],
  );
  assert.deepEqual(ids, ids.toSorted());
});
