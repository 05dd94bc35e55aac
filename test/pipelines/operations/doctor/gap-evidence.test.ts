import assert from "node:assert/strict";
import { test } from "node:test";
import { causeOf, type Evidence } from "../../../../pipelines/operations/doctor/gap-evidence.js";
import type { Gap } from "../../../../pipelines/operations/doctor/sequence-gaps.js";

const gap: Gap = {
  of: "GAP",
  from: 3,
  to: 4,
  missing: 2,
  audited: 0,
  before: { partition: 0, offset: 10 },
  after: { partition: 0, offset: 20 },
};
const evidence = (fields: Partial<Evidence> = {}): Evidence => ({
  bounds: [{ partition: 0, low: 0, stable: 100, high: 100 }],
  landedTo: new Map([[0, 100]]),
  verdict: { kind: "balanced", topic: "features", published: 5 },
  find: async () => ({ offsets: [], unreadable: 0 }),
  ...fields,
});
const lost = { topic: "features", stage: "features", published: 9, read: 7, twice: 0, missing: 2 } as const;

test("the cause of a gap follows from what the topic has there and from its accounting", async () => {
  assert.equal(await causeOf({ ...gap, audited: 2 }, evidence()), "audited");
  const inTopic = { find: async () => ({ offsets: [12, 13], unreadable: 0 }) };
  assert.equal(await causeOf(gap, evidence(inTopic)), "passed over");
  assert.equal(await causeOf(gap, evidence({ ...inTopic, landedTo: new Map([[0, 5]]) })), "not landed yet");
  assert.equal(await causeOf(gap, evidence({ find: async () => ({ offsets: [], unreadable: 1 }) })), "undecodable");
  assert.equal(await causeOf(gap, evidence({ verdict: { kind: "imbalance", ...lost } })), "lost");
  assert.equal(await causeOf(gap, evidence()), "skipped");
  assert.equal(await causeOf(gap, evidence({ verdict: { kind: "behind", topic: "features" } })), "not judged");
  assert.equal(await causeOf(gap, evidence({ verdict: { kind: "unknown", topic: "features" } })), "absent");
});

test("places that the topic no longer holds, or that belong to another topic, are no evidence", async () => {
  const bounds = [{ partition: 0, low: 11, stable: 100, high: 100 }];
  assert.equal(await causeOf(gap, evidence({ bounds })), "deleted");
  assert.equal(await causeOf({ ...gap, after: { partition: 1, offset: 20 } }, evidence()), "deleted");
  assert.equal(await causeOf({ ...gap, after: { partition: 0, offset: 4 } }, evidence()), "deleted");
  assert.equal(await causeOf({ ...gap, after: { partition: 0, offset: 400 } }, evidence()), "deleted");
});
