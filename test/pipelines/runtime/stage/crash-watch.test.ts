import assert from "node:assert/strict";
import { test } from "node:test";
import { CrashWatch } from "../../../../pipelines/runtime/stage/crash-watch.js";

test("a search that another record's death ends between two records goes on in the next process", () => {
  const first = new CrashWatch();
  assert.equal(first.takenOver(undefined, 3), false);
  assert.equal(first.carried, undefined, "a batch that went well leaves nothing");
  const second = new CrashWatch();
  assert.ok(second.takenOver(first.note([]), 3));
  // Another task's record ends the process after the first of three records was committed.
  const { carried } = second;
  second.committed();
  const third = new CrashWatch();
  assert.ok(third.takenOver(carried, 3) && third.isAlone);
  third.committed();
  third.committed();
  assert.equal(third.carried, undefined, "the last record of a search ends it");
  third.committed();
  assert.equal(third.isAlone, false);
});

test("what a process has noted itself is no death", () => {
  const watch = new CrashWatch();
  watch.takenOver(undefined, 3);
  assert.equal(watch.takenOver(watch.note([]), 3), false);
});
