import assert from "node:assert/strict";
import { test } from "node:test";
import { inputEnds, WaitingRecords, type Standing } from "../../../pipelines/operations/waiting.js";
import { namesUnder } from "../../../pipelines/runtime/names.js";

const names = namesUnder("p.");
const topic = names.topic("news.raw");

/** A part that has taken the offsets below 10 of partition 0 and nothing of partition 1, which was empty. */
const sentiment = (fields: Partial<Standing> = {}): Standing => ({
  part: { name: "sentiment", inputs: ["news.raw"] },
  committed: [{ topic, partition: 0, offset: 10 }],
  due: new Map([
    [`${topic}/0`, 10],
    [`${topic}/1`, 0],
  ]),
  ...fields,
});

function see(standings: readonly Standing[], offsets: readonly (readonly [number, number])[]): WaitingRecords {
  const waiting = new WaitingRecords(names, standings);
  for (const [partition, offset] of offsets) waiting.see({ topic, partition, offset, key: `${partition}-${offset}` });
  return waiting;
}

test("records behind the end of the drain wait, those before it do not", () => {
  const offsets = [[0, 0], [0, 9], [0, 10], [0, 12], [1, 0]] as const; // prettier-ignore
  const waiting = see([sentiment()], offsets);
  assert.deepEqual(waiting.list(), [{ part: "sentiment", topic: "news.raw", records: 3 }]);
  assert.deepEqual(waiting.keys("sentiment", topic), ["0-10", "0-12", "1-0"]);
  assert.equal(waiting.before("sentiment"), 3);
  assert.equal(waiting.before("sentiment", "market.bars"), 0);
});

test("a record that had to be taken is none that waits, though it was not taken", () => {
  const stopped = sentiment({ committed: [{ topic, partition: 0, offset: 5 }] });
  assert.deepEqual(
    see([stopped], [
      [0, 5],
      [0, 9],
      [0, 10],
    ] as const).list(),
    [
      // prettier-ignore
      { part: "sentiment", topic: "news.raw", records: 1 },
    ],
  );
});

test("without a drain everything had to be taken", () => {
  assert.deepEqual(see([sentiment({ due: undefined })], [[0, 10]]).list(), []);
});

test("a record may wait before one part and not before another", () => {
  const landing = sentiment({
    part: { name: "landing", inputs: ["news.raw"] },
    committed: [{ topic, partition: 0, offset: 13 }],
  });
  const waiting = see([sentiment(), landing], [[0, 11], [0, 13]] as const); // prettier-ignore
  assert.deepEqual([waiting.before("sentiment"), waiting.before("landing")], [2, 1]);
});

test("the ends of a part's inputs, by their names on the broker", async () => {
  const admin = { refresh: async () => undefined, ends: async () => new Map([[0, 7], [1, 0]] as const) }; // prettier-ignore
  const ends = await inputEnds({ admin, names }, { inputs: ["news.raw"] });
  assert.deepEqual([...ends], [[`${topic}/0`, 7], [`${topic}/1`, 0]]); // prettier-ignore
});
