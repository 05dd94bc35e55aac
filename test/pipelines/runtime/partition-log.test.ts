import assert from "node:assert/strict";
import { test } from "node:test";
import { PartitionLog } from "../../../pipelines/runtime/kafka/partition-log.js";
import { FakeBrokers } from "./produce/fake-brokers.js";

interface Fetch {
  readonly topics: readonly { readonly partitions: readonly { readonly fetchOffset: string }[] }[];
}

/** Answers each fetch by its offset. */
function logOf(answer: (from: number) => { offsets: readonly number[]; stable: number; errorCode?: number }) {
  const brokers = new FakeBrokers(
    ({ parameters }) => {
      const from = Number((parameters as Fetch).topics[0]?.partitions[0]?.fetchOffset);
      const { offsets, stable, errorCode = 0 } = answer(from);
      const messages = offsets.map((offset) => ({
        offset: String(offset),
        timestamp: "1",
        key: Buffer.from("k"),
        value: null,
        headers: {},
        batchContext: { producerId: "-1", inTransaction: false },
      }));
      const partition = {
        partition: 0,
        errorCode,
        highWatermark: String(stable),
        lastStableOffset: String(stable),
        messages,
      };
      return { responses: [{ topicName: "t", partitions: [partition] }] };
    },
    { "t/0": 1 },
  );
  return { log: new PartitionLog(undefined as never, brokers as never), brokers };
}

async function read(log: PartitionLog, to: number): Promise<number[]> {
  const offsets: number[] = [];
  for await (const records of log.read("t", 0, 0, to)) offsets.push(...records.map(({ offset }) => offset));
  return offsets;
}

test("what the cleaner has left of a batch does not end the reading", async () => {
  // The batch of 0 to 99 has lost its records from 3 on; the broker gives it for every offset up to 99.
  const { log } = logOf((from) => ({ offsets: from < 100 ? [0, 1, 2] : [100, 101], stable: 102 }));
  assert.deepEqual(await read(log, 102), [0, 1, 2, 100, 101]);
});

test("a hole up to the end ends it; a leader that does not know the end yet is tried again", async () => {
  assert.deepEqual(await read(logOf((from) => ({ offsets: from < 2 ? [0, 1] : [], stable: 9 })).log, 9), [0, 1]);
  let asked = 0;
  const { log, brokers } = logOf((from) => {
    asked += 1;
    if (from < 2) return { offsets: [0, 1], stable: 2 };
    return asked < 5 ? { offsets: [], stable: 2 } : { offsets: [2, 3], stable: 4 };
  });
  assert.deepEqual(await read(log, 4), [0, 1, 2, 3]);
  assert.ok(brokers.refreshed > 0);
});
