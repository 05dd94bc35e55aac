/** Whatever a topic holds: it is a record, or an `UndecodableError`, and nothing else comes of it. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import avro from "avsc";
import fc from "fast-check";
import { TransientError } from "../../../schemas/transient-error.js";
import { RecordCodec, schemaText, UndecodableError } from "../../../pipelines/runtime/codec.js";
import { parseSchema } from "../../../pipelines/runtime/avro-types.js";
import { schemaDirectory } from "../../../schemas/files.js";
import { arbitraryOf } from "../../helpers/arbitrary-record.js";
import { MemoryRegistry } from "../../helpers/memory-registry.js";

const files = readdirSync(schemaDirectory).filter((name) => name.endsWith(".avsc"));
const typeOf = (file: string): avro.Type => parseSchema(JSON.parse(schemaText(file)) as avro.Schema);
const open = (file: string, registry = new MemoryRegistry()) =>
  RecordCodec.open<unknown>(registry.client, "subject", file);

/** The record, which then fits the schema; or undefined where the codec refused it. */
function decoded(codec: RecordCodec<unknown>, type: avro.Type, bytes: Buffer): unknown {
  try {
    const record = codec.decode(bytes);
    assert.ok(type.isValid(record));
    return record;
  } catch (error) {
    assert.ok(error instanceof UndecodableError, String(error));
    return undefined;
  }
}

for (const file of files) {
  void describe(file, () => {
    const type = typeOf(file);
    const records = arbitraryOf(type);

    test("what is encoded is decoded, bit for bit", async () => {
      const codec = await open(file);
      fc.assert(
        fc.property(records, (record) => {
          const bytes = Buffer.from(codec.encode(record));
          assert.deepEqual(codec.encode(codec.decode(bytes)), bytes);
        }),
        { numRuns: 60, seed: 1 },
      );
    });

    test("cut off anywhere, or with something behind it, it is refused", async () => {
      const codec = await open(file);
      fc.assert(
        fc.property(records, fc.nat(), (record, at) => {
          const bytes = Buffer.from(codec.encode(record));
          const cut = bytes.subarray(0, at % bytes.length);
          assert.equal(decoded(codec, type, cut), undefined);
          assert.equal(decoded(codec, type, Buffer.concat([bytes, Buffer.from([0])])), undefined);
        }),
        { numRuns: 60, seed: 2 },
      );
    });

    test("changed, or made of random bytes, it is a record of the schema or refused", async () => {
      const codec = await open(file);
      const head = Buffer.from([0, 0, 0, 0, 1]);
      fc.assert(
        fc.property(records, fc.nat(), fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 60 }), (...drawn) => {
          const [record, at, byte, random] = drawn;
          const bytes = Buffer.from(codec.encode(record));
          if (bytes.length > 5) bytes[5 + (at % (bytes.length - 5))] = byte;
          decoded(codec, type, bytes);
          decoded(codec, type, Buffer.concat([head, random]));
          decoded(codec, type, Buffer.from(random));
        }),
        { numRuns: 100, seed: 3 },
      );
    });

    test("lengths far beyond the record's end take no memory", async () => {
      const codec = await open(file);
      const before = process.memoryUsage();
      // 2^31 - 1, 2^40 and -2^40 as variable-length integers, wherever a length may stand.
      for (const length of ["feffffff0f", "808080808040", "ffffffffff3f"]) {
        for (let zeros = 0; zeros < 40; zeros += 1) {
          const bytes = Buffer.from(`0000000001${"00".repeat(zeros)}${length}`, "hex");
          decoded(codec, type, bytes);
        }
      }
      const after = process.memoryUsage();
      assert.ok(after.rss - before.rss < 256 << 20);
    });
  });
}

test("nothing, no magic byte, a schema that the registry does not have", async () => {
  const registry = new MemoryRegistry();
  const codec = await open("market.bars.avsc", registry);
  for (const bytes of [null, Buffer.alloc(0), Buffer.from([0]), Buffer.from("{}"), Buffer.from([1, 0, 0, 0, 1, 0])]) {
    await assert.rejects(codec.read(bytes), UndecodableError);
  }
  assert.equal(registry.asked, 0);
  for (const id of [0, -1, -(2 ** 31)]) {
    const bytes = Buffer.alloc(9);
    bytes.writeInt32BE(id, 1);
    await assert.rejects(codec.read(bytes), UndecodableError);
  }
  assert.equal(registry.asked, 0, "there are no such ids");
  for (let times = 0; times < 100; times += 1) {
    await assert.rejects(codec.read(Buffer.from([0, 0, 0, 1, 0, 7])), /schema id 256 is not registered/);
  }
  assert.equal(registry.asked, 1, "a flood of one unknown id is one question");
});

test("a registry that is away is a passing fault, one that answers nonsense is not", async () => {
  const registry = new MemoryRegistry();
  const codec = await open("market.bars.avsc", registry);
  const bytes = Buffer.from([0, 0, 0, 0, 9, 7]);
  registry.fault = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:40404"), { status: 400 });
  await assert.rejects(codec.read(bytes), TransientError);
  registry.fault = Object.assign(new Error("no leader"), { status: 503 });
  await assert.rejects(codec.read(bytes), TransientError);
  registry.fault = new Error("unsupported schema type");
  await assert.rejects(codec.read(bytes), UndecodableError);
  registry.fault = undefined;
  await assert.rejects(codec.read(bytes), /not registered/);
});

test("a writer's schema that has nothing in common is refused, and so is its record", async () => {
  const stranger = avro.Type.forSchema({ type: "record", name: "Stranger", fields: [{ name: "x", type: "string" }] });
  const codec = await open("market.bars.avsc", new MemoryRegistry(new Map([[2, stranger]])));
  const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), stranger.toBuffer({ x: "y" })]);
  await assert.rejects(codec.read(bytes), UndecodableError);
});
