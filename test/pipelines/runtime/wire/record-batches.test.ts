import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fastDecode } from "../../../../pipelines/runtime/kafka/wire/fast-paths.js";
import type { FetchedMessage, Decompress } from "../../../../pipelines/runtime/kafka/wire/record-batches.js";

const require = createRequire(import.meta.url);
interface Bytes {
  readonly buffer: Buffer;
}
const Decoder = require("kafkajs/src/protocol/decoder") as new (bytes: Buffer) => Parameters<typeof decode>[0];
const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0") as {
  RecordBatch: (batch: object) => Promise<Bytes>;
};
const Record = require("kafkajs/src/protocol/recordBatch/record/v0") as (record: object) => Bytes;
const original = require("kafkajs/src/protocol/requests/fetch/v4/decodeMessages") as Parameters<typeof fastDecode>[0];
const { lookupCodecByAttributes } = require("kafkajs/src/protocol/message/compression") as {
  lookupCodecByAttributes: (attributes: number) => { decompress: Decompress } | null;
};
const decode = fastDecode(original, (attributes) => lookupCodecByAttributes(attributes)?.decompress);

const blob = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const name = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => text !== "__proto__");
const record = fc.record({
  key: fc.oneof(fc.constant(null), blob),
  value: fc.oneof(fc.constant(null), blob),
  headers: fc.dictionary(name, fc.oneof(blob, fc.array(blob, { minLength: 1, maxLength: 3 })), { maxKeys: 3 }),
  timestampDelta: fc.integer({ min: -1000, max: 2 ** 40 }),
});
const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 80 }),
  firstOffset: fc.bigInt({ min: 0n, max: 2n ** 52n }),
  gzip: fc.boolean(),
  transactional: fc.boolean(),
  /** Bits that only the broker sets: appended at, control. */
  flags: fc.constantFrom(0, 0x08, 0x20, 0x28),
});

type Batch = typeof batch extends fc.Arbitrary<infer Value> ? Value : never;

async function encode({ records, firstOffset, gzip, transactional, flags }: Batch) {
  const { buffer } = await RecordBatch({
    records: records.map((entry, index) => Record({ ...entry, offsetDelta: index * 3 })),
    firstTimestamp: 1_700_000_000_000,
    maxTimestamp: 1_700_000_000_999,
    producerId: 4711,
    producerEpoch: 3,
    firstSequence: 12,
    lastOffsetDelta: records.length * 3,
    compression: gzip ? 1 : 0,
    transactional,
    firstOffset,
  });
  const bytes = Buffer.from(buffer);
  // The checksum is not looked at, neither here nor there.
  bytes.writeInt16BE(bytes.readInt16BE(21) | flags, 21);
  return bytes;
}

/** As in a Fetch response: its size, then the batches. */
function recordSet(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** What a consumer of KafkaJS sees of a message. */
function seen(message: unknown) {
  const { offset, timestamp, attributes, key, value, headers, isControlRecord, magicByte, batchContext } =
    message as FetchedMessage;
  return { offset, timestamp, attributes, key, value, headers, isControlRecord, magicByte, batchContext };
}

describe("the records of a fetched partition", () => {
  test("are those that KafkaJS reads, the part of a batch at the end left out", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), fc.nat({ max: 400 }), async (batches, cut) => {
        const whole = Buffer.concat(await Promise.all(batches.map(encode)));
        const bytes = recordSet(whole.subarray(0, Math.max(61, whole.length - Math.max(0, cut - 200))));
        const expected = (await original(new Decoder(bytes))).map(seen);
        const decoder = new Decoder(bytes);
        const actual = await decode(decoder);
        assert.deepEqual(actual.map(seen), expected);
        assert.equal(decoder.offset, bytes.length, "the decoder stands behind the record set");
      }),
      { numRuns: 150 },
    );
  });

  test("give their key and headers as text", async () => {
    const headers = { plain: Buffer.from("a"), ümlaut: Buffer.from("ö"), twice: [Buffer.from("1"), Buffer.from("2")] };
    const records = [
      { key: Buffer.from("Zoë"), value: null, headers, timestampDelta: 0 },
      { key: null, value: Buffer.alloc(0), headers: {}, timestampDelta: 0 },
    ];
    const bytes = await encode({ records, firstOffset: 5n, gzip: false, transactional: true, flags: 8 });
    const [first, second] = (await decode(new Decoder(recordSet(bytes)))) as FetchedMessage[];
    assert.equal(first?.keyText, "Zoë");
    assert.deepEqual(first?.headerTexts, { plain: "a", ümlaut: "ö", twice: "1" });
    assert.equal(first?.value, null);
    assert.equal(second?.keyText, null);
    assert.deepEqual(second?.headerTexts, {});
    assert.deepEqual(second?.value, Buffer.alloc(0));
  });

  test("are nothing where nothing was fetched", async () => {
    const decoder = new Decoder(recordSet(Buffer.alloc(0)));
    assert.deepEqual(await decode(decoder), []);
    assert.equal(decoder.offset, 4);
  });
});
