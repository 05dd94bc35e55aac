import assert from "node:assert/strict";
import { test } from "node:test";
import { confirmUnreadable } from "../../../pipelines/runtime/retention.js";

const place = { topic: "t", partition: 1 };
const quick = { times: 4, everyMs: 1 };

/** Ends as each question finds them; the last stays. */
function brokers(ends: readonly number[], low = 0) {
  let asked = 0;
  let refreshed = 0;
  return {
    refresh: async () => void (refreshed += 1),
    offsets: async () => {
      const end = ends[Math.min(asked, ends.length - 1)] ?? 0;
      asked += 1;
      return [{ partition: 1, low, end }];
    },
    asked: () => [asked, refreshed],
  };
}

test("an end below the reader's offset counts only when it stays so, over new metadata each time", async () => {
  const zombie = brokers([5, 5, 10]);
  assert.equal(await confirmUnreadable(zombie, "features", place, () => 8, quick), undefined);
  assert.deepEqual(zombie.asked(), [3, 3]);
  const madeAnew = await confirmUnreadable(brokers([5]), "features", place, () => 8, quick);
  assert.match(madeAnew?.message ?? "", /ends at 5: the topic was deleted and made anew/);
});

test("what retention has deleted is reported at once: no broker's beginning is too high", async () => {
  const deleted = brokers([100], 50);
  const fault = await confirmUnreadable(deleted, "features", place, () => 8, quick);
  assert.match(fault?.message ?? "", /retention has deleted everything below 50: 42 offsets/);
  assert.deepEqual(deleted.asked(), [1, 1]);
});
