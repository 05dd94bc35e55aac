import assert from "node:assert/strict";
import { test } from "node:test";
import { exactBelow, lagBehind, type LagAccess } from "../../../pipelines/operations/lag.js";
import type { StoredRecord } from "../../../pipelines/runtime/kafka/types.js";

/** A partition whose log ends at `stable`; of its offsets only those named hold records that are to be seen. */
function logOf(stable: number, visible: readonly number[], low = 0) {
  const asked: { from: number; to: number; fetchBytes: number | undefined }[] = [];
  const log: LagAccess["log"] = {
    bounds: async () => [{ partition: 0, low, stable, high: stable }],
    async *read(topic, partition, from, to, { fetchBytes } = {}) {
      asked.push({ from, to, fetchBytes });
      for (const offset of visible) {
        if (offset >= from && offset < to) yield [{ topic, partition, offset } as StoredRecord];
      }
    },
  };
  return { log, asked };
}

const committedAt = (offset: number) => [{ topic: "t", partition: 0, offset }];

async function lagOf(log: LagAccess["log"], offset?: number): Promise<number | undefined> {
  const [input] = await lagBehind(log, ["t"], offset === undefined ? [] : committedAt(offset));
  return input?.lag;
}

test("markers of transactions do not wait", async () => {
  assert.equal(await lagOf(logOf(12, [0, 1, 2]).log, 3), 0);
  assert.equal(await lagOf(logOf(12, [0, 1, 2, 7, 9]).log, 3), 2);
});

test("nothing is read where the end was committed", async () => {
  const { log, asked } = logOf(12, [0, 1, 2]);
  assert.equal(await lagOf(log, 12), 0);
  assert.deepEqual(asked, []);
});

test("nothing committed: everything that is held waits", async () => {
  assert.equal(await lagOf(logOf(12, [0, 1, 2, 10]).log), 4);
  assert.equal(await lagOf(logOf(12, [10], 8).log), 1);
});

test("far behind: offsets, as soon as one record is seen; 0 only where there is none", async () => {
  const end = exactBelow + 1_000;
  const { log, asked } = logOf(end, [end - 1]);
  assert.equal(await lagOf(log, 0), end);
  assert.ok((asked[0]?.fetchBytes ?? Infinity) <= 1 << 20, "a look, not the whole backlog");
  assert.equal(await lagOf(logOf(end, []).log, 0), 0, "aborted records alone, however many");
});

test("what retention has deleted does not wait", async () => {
  assert.equal(await lagOf(logOf(12, [9, 10], 8).log, 2), 2);
});
