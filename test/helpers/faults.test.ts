import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../pipelines/ingest/simulation/random.js";
import { clusterFaultKinds, drawKind, faultKinds } from "../chaos/faults.js";

const drawn = (kinds: Parameters<typeof drawKind>[1]): string[] => {
  const random = new Random("faults", "test");
  return [...new Set(Array.from({ length: 2000 }, () => drawKind(random, kinds)))].sort();
};

test("every kind of fault is drawn", () => {
  assert.deepEqual(drawn(faultKinds), [...faultKinds].sort());
  assert.deepEqual(drawn(clusterFaultKinds), [...clusterFaultKinds].sort());
});

test("on a cluster its brokers are struck, not the stack's one", () => {
  assert.deepEqual(
    clusterFaultKinds.filter((kind) => kind.includes("kafka") || kind.includes("broker")),
    ["kill broker", "freeze broker", "restart broker"],
  );
});
