import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutIntoPieces } from "../../../pipelines/runtime/kafka/pieces.js";
import { encodeProduceBody } from "../../../pipelines/runtime/kafka/wire/produce-request.js";

const record = fc.record({
  topic: fc.constantFrom("a", "b"),
  partition: fc.nat({ max: 2 }),
  key: fc.oneof(fc.constant(null), fc.string({ unit: "grapheme", maxLength: 30 })),
  value: fc.oneof(
    fc.constant(null),
    fc.nat({ max: 700 }).map((length) => Buffer.alloc(length)),
  ),
  headers: fc.dictionary(
    fc.string({ unit: "grapheme", maxLength: 9 }),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    {
      maxKeys: 3,
    },
  ),
});
const limit = 3000;

test("pieces keep the records and their order, and no partition's batch in a piece exceeds the limit", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), (records) => {
      const pieces = cutIntoPieces(records, limit);
      assert.deepEqual(pieces.flat(), records);
      for (const piece of pieces) {
        assert.ok(piece.length > 0);
        for (const partition of new Set(piece.map((entry) => `${entry.topic}/${entry.partition}`))) {
          const messages = piece.filter((entry) => `${entry.topic}/${entry.partition}` === partition);
          const topics = [{ topic: "", partitions: [{ partition: 0, firstSequence: 0, messages }] }];
          const body = {
            transactionalId: null,
            acks: -1,
            timeout: 0,
            producerId: 0n,
            producerEpoch: 0,
            now: 0,
            topics,
          };
          // 100 bytes for the frame of the request and the batch.
          assert.ok(encodeProduceBody(body).length <= limit + 100);
        }
      }
    }),
  );
});

test("what fits stays in one piece, and a record that is too large goes alone", () => {
  const of = (length: number) => ({ topic: "a", partition: 0, key: null, value: Buffer.alloc(length) });
  assert.equal(cutIntoPieces([of(1000), { ...of(2000), partition: 1 }, of(1500)], limit).length, 1);
  assert.deepEqual(
    cutIntoPieces([of(10), of(9000), of(10)], limit).map((piece) => piece.length),
    [1, 1, 1],
  );
  assert.deepEqual(cutIntoPieces([], limit), []);
});
