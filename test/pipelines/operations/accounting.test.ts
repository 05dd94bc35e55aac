import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeReadCounts, readCountsOf } from "../../../pipelines/landing/landing-progress.js";
import { judgeAccounting, type TopicAccounting } from "../../../pipelines/operations/accounting.js";

const counts = (fields: Partial<TopicAccounting> = {}): TopicAccounting => ({
  topic: "news.sentiment",
  stage: "sentiment",
  published: 100,
  ends: [60, 60],
  landedTo: [60, 60],
  read: 100,
  twice: 0,
  ...fields,
});
const judged = (before: Partial<TopicAccounting>, after: Partial<TopicAccounting> = before) =>
  judgeAccounting([counts(before)], [counts(after)])[0];

test("what was published and what was read are equal", () => {
  assert.deepEqual(judged({}), { kind: "balanced", topic: "news.sentiment", published: 100 });
});

test("records that were counted and are not in the topic are missing, also while more is published", () => {
  const lost = judged({ read: 80 }, { read: 90, published: 150, ends: [99, 99], landedTo: [70, 70] });
  assert.ok(lost?.kind === "imbalance");
  assert.equal(lost.missing, 10);
});

test("a landing that has not come past what was there is not judged", () => {
  assert.equal(judged({ read: 80 }, { read: 84, landedTo: [60, 59] })?.kind, "behind");
});

test("what was published after the first look is no fault of the topic, and what was read since is none either", () => {
  assert.equal(judged({ read: 90 }, { read: 104, published: 120, landedTo: [70, 70] })?.kind, "balanced");
});

test("records that no stage published are reported", () => {
  const extra = judged({ read: 107 });
  assert.ok(extra?.kind === "imbalance");
  assert.equal(extra.missing, -7);
});

test("nothing is claimed where records passed uncounted, or where the stage's offsets are gone", () => {
  assert.equal(judged({ read: undefined })?.kind, "unknown");
  assert.equal(judged({ published: undefined })?.kind, "unknown");
  assert.equal(judged({ published: undefined, read: 0 })?.kind, "balanced");
});

test("counts begin with the topic, and are not known after an older build or behind retention", () => {
  const nothing = { emit: 0, duplicate: 0, reject: 0 };
  assert.deepEqual(readCountsOf(undefined, 0), nothing);
  assert.equal(readCountsOf(undefined, 7), undefined);
  assert.equal(readCountsOf({ offset: 7 }, 0), undefined);
  const counts = { emit: 7, duplicate: 2, reject: 1 };
  assert.deepEqual(readCountsOf({ offset: 9, metadata: encodeReadCounts(counts) }, 3), counts);
});
