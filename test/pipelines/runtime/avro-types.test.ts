import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import avro from "avsc";
import fc from "fast-check";
import { parseSchema } from "../../../pipelines/runtime/avro-types.js";
import { schemaDirectory } from "../../../schemas/files.js";

const schema: avro.Schema = {
  type: "record",
  name: "Vector",
  fields: [
    { name: "name", type: "string" },
    { name: "values", type: { type: "array", items: "double" } },
    { name: "more", type: ["null", { type: "array", items: "double" }] },
    { name: "counts", type: { type: "array", items: "long" } },
  ],
};
const doubles = fc.array(fc.double(), { maxLength: 300 });
const vector = fc.record({
  name: fc.string(),
  values: doubles,
  more: fc.option(doubles),
  counts: fc.array(fc.integer(), { maxLength: 5 }),
});

test("arrays of doubles have avsc's own bytes, whatever room the buffer leaves", () => {
  const [own, fast] = [avro.Type.forSchema(schema), parseSchema(schema)];
  fc.assert(
    fc.property(vector, fc.nat({ max: 3000 }), (record, room) => {
      const expected = own.toBuffer(record);
      assert.deepEqual(fast.toBuffer(record), expected);
      assert.deepEqual({ ...fast.fromBuffer(expected) }, { ...own.fromBuffer(expected) });
      const [bytes, ownBytes] = [Buffer.alloc(room), Buffer.alloc(room)];
      const end = fast.encode(record, bytes);
      assert.equal(end, own.encode(record, ownBytes), "the end, or what is missing");
      if (end >= 0) assert.deepEqual(bytes.subarray(0, end), expected);
    }),
  );
});

test("a value that is no number is refused as avsc refuses it", () => {
  const [own, fast] = [avro.Type.forSchema(schema), parseSchema(schema)];
  for (const values of [[1, "2"], [null], [undefined], "12", undefined, { length: 1 }]) {
    const record = { name: "", values, more: null, counts: [] };
    const messageOf = (type: avro.Type): string => {
      try {
        type.toBuffer(record);
        return "taken";
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.notEqual(messageOf(own), "taken");
    assert.equal(messageOf(fast), messageOf(own));
  }
});

test("a schema means the same to the registry: fingerprint and resolution are unchanged", () => {
  const features = JSON.parse(readFileSync(join(schemaDirectory, "features.avsc"), "utf8")) as avro.Schema;
  const [own, fast] = [avro.Type.forSchema(features), parseSchema(features)];
  assert.deepEqual(fast.fingerprint(), own.fingerprint());
  assert.doesNotThrow(() => fast.createResolver(own));
});
