import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createRequest, fastProduce } from "../../../../pipelines/runtime/kafka/wire/fast-paths.js";

const require = createRequire(import.meta.url);
const original = require("kafkajs/src/protocol/requests/produce/v7/request") as Parameters<typeof fastProduce>[0];
const originalFrame = require("kafkajs/src/protocol/request") as typeof createRequest;

const blob = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 40 }), fc.string({ maxLength: 200 }));
const message = fc.record(
  {
    key: fc.oneof(fc.constant(null), text, blob),
    value: fc.oneof(fc.constant(null), blob),
    headers: fc.dictionary(
      text.filter((name) => name !== "__proto__"),
      fc.oneof(text, blob),
      { maxKeys: 4 },
    ),
  },
  { requiredKeys: ["key", "value"] },
);
const partitions = fc.array(
  fc.record(
    {
      partition: fc.nat({ max: 500 }),
      firstSequence: fc.nat({ max: 2 ** 31 - 1 }),
      // Beyond 64 records an offset delta takes two bytes.
      messages: fc.array(message, { minLength: 1, maxLength: 90 }),
    },
    { requiredKeys: ["partition", "messages"] },
  ),
  { minLength: 1, maxLength: 3 },
);
const request = fc.record(
  {
    acks: fc.constantFrom(-1, 1),
    timeout: fc.nat(),
    transactionalId: text.filter((id) => id.length > 0),
    producerId: fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String),
    producerEpoch: fc.nat({ max: 32_767 }),
    topicData: fc.array(fc.record({ topic: text, partitions }), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ["acks", "timeout", "topicData"] },
);

describe("a Produce request", () => {
  test("has the bytes that KafkaJS gives it", async (t) => {
    t.mock.method(Date, "now", () => 1_700_000_000_123);
    const fast = fastProduce(original);
    await fc.assert(
      fc.asyncProperty(request, async (parameters) => {
        const [expected, actual] = [original(parameters), fast(parameters)];
        const bytes = (await actual.encode()).buffer;
        assert.deepEqual(bytes, Buffer.from((await expected.encode()).buffer));
        const frame = { correlationId: 7, clientId: "névé" };
        assert.deepEqual(
          (await createRequest({ ...frame, request: actual })).buffer,
          Buffer.from((await originalFrame({ ...frame, request: expected })).buffer),
        );
      }),
      { numRuns: 150 },
    );
  });

  test("with what the pipeline never writes is left to KafkaJS", () => {
    const fast = fastProduce((parameters) => ({ ...original(parameters), encode: slow }));
    const slow = async (): Promise<never> => {
      throw new Error("KafkaJS's own");
    };
    const plain = { key: "a", value: Buffer.from("b") };
    const encoderOf = (message: object, compression = 0) =>
      fast({
        acks: -1,
        timeout: 1,
        compression,
        topicData: [{ topic: "t", partitions: [{ partition: 0, messages: [plain, message] }] }],
      }).encode;
    assert.notEqual(encoderOf(plain), slow);
    assert.equal(encoderOf(plain, 1), slow, "a compression");
    assert.equal(encoderOf({ ...plain, timestamp: "1" }), slow, "a time stamp");
    assert.equal(encoderOf({ ...plain, value: "text" }), slow, "a value as text");
    assert.equal(encoderOf({ value: plain.value }), slow, "no key");
    assert.equal(encoderOf({ ...plain, headers: { a: ["1", "2"] } }), slow, "a repeated header");
  });
});
