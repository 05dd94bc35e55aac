import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Partitioners } from "../../../pipelines/runtime/kafka/kafkajs.js";
import { partitionOf } from "../../../pipelines/runtime/kafka/partition-of.js";

/** KafkaJS's own, which takes too long for long keys alone. */
const theirs = Partitioners.DefaultPartitioner();
const expected = (key: string, partitions: number): number =>
  theirs({
    topic: "",
    partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 0,
      replicas: [],
      isr: [],
    })),
    message: { key, value: null },
  });

test("a key's partition is the one that KafkaJS, and so the Java client, gives it", () => {
  for (const key of ["", "A", "AB", "ABC", "AAPL", "BRK.B", "\u00fcml\u00e4ut", "\ud83d\ude80", "x".repeat(3001)])
    for (const partitions of [1, 6, 24]) assert.equal(partitionOf(key, partitions), expected(key, partitions), key);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 1, max: 64 }), (key, partitions) =>
      assert.equal(partitionOf(key, partitions), expected(key, partitions)),
    ),
    { numRuns: 2000 },
  );
});

test("the same key lies elsewhere among other partitions, remembered or not", () => {
  for (const partitions of [6, 7, 6]) assert.equal(partitionOf("GOOG", partitions), expected("GOOG", partitions));
});
