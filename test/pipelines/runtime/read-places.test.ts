import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadPlaces } from "../../../pipelines/runtime/kafka/read-places.js";

const bounds = [
  { partition: 0, low: 2, end: 5 },
  { partition: 1, low: 7, end: 7 },
];

/** Whether it is so by now. */
async function isCaughtUp(places: ReadPlaces): Promise<boolean> {
  return Promise.race([
    places.caughtUp.then(() => true),
    new Promise<false>((resolve) => setImmediate(resolve, false)),
  ]);
}

test("a record is taken once, also by one who joins again and is given it anew", () => {
  const places = new ReadPlaces(bounds, "beginning");
  assert.deepEqual(
    [...places.next],
    [
      [0, 2],
      [1, 7],
    ],
  );
  assert.deepEqual(
    [2, 3, 2, 3, 4].map((offset) => places.take(0, offset)),
    [true, true, false, false, true],
  );
  assert.equal(places.next.get(0), 5);
});

test("all is read when each partition that held something has been passed, control records included", async () => {
  const places = new ReadPlaces(bounds, "beginning");
  places.reached(0, 4);
  assert.equal(await isCaughtUp(places), false);
  places.reached(0, 5);
  assert.equal(await isCaughtUp(places), true);
});

test("who reads from the end has nothing to catch up with", async () => {
  const places = new ReadPlaces(bounds, "end");
  assert.equal(await isCaughtUp(places), true);
  assert.equal(places.take(0, 4), false);
  assert.equal(places.take(0, 5), true);
});
