import assert from "node:assert/strict";
import { test } from "node:test";
import { ContentsTally } from "./contents.js";

const record = (partition: number, text: string, key = "k", schema = 1) => ({
  partition,
  key,
  value: Buffer.concat([Buffer.from([0, 0, 0, 0, schema]), Buffer.from(text)]),
});
const delivered = { broadcast: false, cleanup: "delete" } as const;
const contents = (topic: ConstructorParameters<typeof ContentsTally>[0], records: ReturnType<typeof record>[]) => {
  const tally = new ContentsTally(topic);
  for (const each of records) tally.add(each);
  return tally.result();
};

test("equal bytes under one key are a doubled record, wherever they lie", () => {
  const { records, doubled, uneven } = contents(delivered, [record(0, "a"), record(1, "a"), record(1, "a", "other")]);
  assert.deepEqual({ records, doubled, uneven }, { records: 3, doubled: 1, uneven: false });
});

test("the digest is over the records alone: not their order, their partition or the id of their schema", () => {
  const one = contents(delivered, [record(0, "a"), record(1, "b")]);
  assert.equal(contents(delivered, [record(2, "b"), record(0, "a", "k", 7)]).digest, one.digest);
  assert.notEqual(contents(delivered, [record(0, "a")]).digest, one.digest);
});

test("a broadcast record is in every partition, once", () => {
  const broadcast = { ...delivered, broadcast: true };
  const whole = [record(0, "a", "0"), record(1, "a", "1")];
  const { doubled, uneven } = contents(broadcast, whole);
  assert.deepEqual({ doubled, uneven }, { doubled: 0, uneven: false });
  assert.equal(contents(broadcast, [...whole, record(1, "a", "1")]).doubled, 1);
  assert.equal(contents(broadcast, [...whole, record(1, "b", "1")]).uneven, true);
});

test("a compacted topic holds what was published again", () => {
  assert.equal(contents({ broadcast: false, cleanup: "compact" }, [record(0, "a"), record(0, "a")]).doubled, 0);
});
