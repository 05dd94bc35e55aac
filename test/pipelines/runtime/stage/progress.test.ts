import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeProgress, encodeProgress } from "../../../../pipelines/runtime/stage/progress.js";

/** As committed by builds that call the second outcome `join`: two builds share a group during a rolling upgrade. */
const committed =
  '{"v":1,"o":[5,4,3,2],"n":[6,7],"s":{"e":9,"t":11,"i":"a"},"m":"0,1*2","c":{"l":"x","r":"market.bars/0/8","a":2}}';

test("the metadata of an offset is read by place, and written in the same bytes", () => {
  const progress = decodeProgress(committed);
  assert.deepEqual(progress, {
    outcomes: { emit: 5, absorb: 4, duplicate: 3, reject: 2 },
    outputs: [6, 7],
    sort: { end: 9, after: { availableAt: 11, id: "a" } },
    order: "0,1*2",
    crash: { life: "x", record: "market.bars/0/8", attempts: 2 },
  });
  assert.equal(encodeProgress(progress), committed);
});

test("metadata of another writer, and none, count nothing", () => {
  const empty = { outcomes: { emit: 0, absorb: 0, duplicate: 0, reject: 0 }, outputs: [] };
  for (const metadata of [undefined, "", "mirror", '{"v":2,"o":[1,1,1,1]}', "{"])
    assert.deepEqual(decodeProgress(metadata), empty);
});
