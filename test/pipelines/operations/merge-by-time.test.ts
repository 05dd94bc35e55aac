import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeByTime } from "../../../pipelines/operations/merge-by-time.js";
import type { StoredRecord } from "../../../pipelines/runtime/kafka/types.js";
import { decodeProgress, encodeProgress, noOutcomes, sumProgress } from "../../../pipelines/runtime/stage/progress.js";
import { stored } from "../../helpers/memory-log.js";

/** A partition's records, by their time stamps, in the portions in which they are fetched. */
async function* partition(number: number, portions: readonly (readonly number[])[]): AsyncGenerator<StoredRecord[]> {
  let offset = 0;
  for (const times of portions)
    yield times.map((timestamp) => stored({ topic: "t", partition: number, offset: offset++ }, { timestamp }));
}

async function merged(...partitions: AsyncGenerator<StoredRecord[]>[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { partition: of, timestamp } of mergeByTime(partitions)) found.push(`${of}@${timestamp}`);
  return found;
}

test("partitions are merged by time, at one time the lower one first, and each keeps its order", async () => {
  assert.deepEqual(await merged(partition(0, [[1, 5], [9]]), partition(1, [[5, 4], [10]])), [
    "0@1",
    "0@5",
    "1@5",
    "1@4",
    "0@9",
    "1@10",
  ]);
  assert.deepEqual(await merged(), []);
});

test("a portion without records is not the end of its partition", async () => {
  assert.deepEqual(await merged(partition(0, [[], [1], [], [2]]), partition(1, [[3]])), ["0@1", "0@2", "1@3"]);
});

test("the counts of several partitions go on from their sums", () => {
  const one = { outcomes: { ...noOutcomes(), emit: 3, reject: 1 }, outputs: [3, 1] };
  const other = { outcomes: { ...noOutcomes(), emit: 2, absorb: 4 }, outputs: [2] };
  const sum = sumProgress([one, other]);
  assert.deepEqual(sum, { outcomes: { emit: 5, absorb: 4, duplicate: 0, reject: 1 }, outputs: [5, 1] });
  assert.deepEqual(decodeProgress(encodeProgress(sum)), sum);
  assert.deepEqual(sumProgress([]), { outcomes: noOutcomes(), outputs: [] });
});
