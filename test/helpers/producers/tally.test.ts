import assert from "node:assert/strict";
import { test } from "node:test";
import { numbered, partitions, type Written } from "./numbers.js";
import { RecordTally, type Tally } from "./tally.js";

function tally(found: ReturnType<typeof records>, written: readonly Written[]): Tally {
  const counted = new RecordTally(written);
  for (const record of found) counted.add(record);
  return counted.result();
}

const records = (writer: string, from: number, count: number) => [
  ...numbered({ topic: "t", writer, from, count, bytes: 20 }),
];
const whole = { writer: "a", numbers: 20, uncertain: [] };
const none = { lost: 0, doubled: 0, disordered: 0, strangers: 0, arrived: 0 };

test("every number once is nothing lost and nothing doubled", () => {
  assert.deepEqual(tally(records("a", 0, 20), [whole]), { ...none, records: 20 });
});

test("missing, repeated and unknown numbers are distinguished", () => {
  const found = [...records("a", 0, 18), ...records("a", 3, 2), ...records("a", 25, 1), ...records("b", 0, 1)];
  assert.deepEqual(tally(found, [whole]), { ...none, records: 20, lost: 2, doubled: 2, strangers: 2 });
});

test("two numbers of a partition in the wrong order", () => {
  const found = [...records("a", partitions, 20 - partitions), ...records("a", 0, partitions)];
  assert.equal(tally(found, [whole]).disordered, partitions);
});

test("what was on its way when a writer failed may be there or not, though not twice", () => {
  const written = [{ writer: "a", numbers: 20, uncertain: [[10, 14] as const] }];
  const [without, half] = [
    records("a", 0, 10).concat(records("a", 14, 6)),
    records("a", 0, 12).concat(records("a", 14, 6)),
  ];
  assert.deepEqual(tally(without, written), { ...none, records: 16 });
  assert.deepEqual(tally(half, written), { ...none, records: 16, arrived: 2 });
  assert.equal(tally([...records("a", 0, 20), ...records("a", 11, 1)], written).doubled, 1);
});
