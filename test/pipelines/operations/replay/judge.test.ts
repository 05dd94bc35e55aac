import assert from "node:assert/strict";
import { test } from "node:test";
import type avro from "avsc";
import { judge, pair, type MadeRecord } from "../../../../pipelines/operations/replay/judge.js";
import { parseSchema } from "../../../../pipelines/runtime/avro-types.js";
import { RecordCodec, schemaText } from "../../../../pipelines/runtime/codec.js";
import type { Bar } from "../../../../schemas/generated/types.js";
import { MemoryRegistry } from "../../../helpers/memory-registry.js";
import { bar } from "../../../helpers/records.js";

interface Schema {
  readonly fields: readonly { readonly name: string; readonly default?: unknown }[];
}
const present = JSON.parse(schemaText("market.bars.avsc")) as Schema;
const typeOf = (schema: Schema): avro.Type => parseSchema(schema as unknown as avro.Schema);
/** As it was before splits were known, and as it may once be. */
const older = typeOf({ ...present, fields: present.fields.filter(({ name }) => name !== "split") });
const venue = { name: "venue", type: "string", default: "" };
const newer = typeOf({ ...present, fields: [...present.fields, venue] });
const writtenBy = (id: number, type: avro.Type, record: object): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 0, id]), type.toBuffer(record)]);

async function judged(stored: Buffer, made: Bar) {
  const registry = new MemoryRegistry(
    new Map([
      [2, older],
      [3, newer],
    ]),
  );
  const codec = await RecordCodec.open<Bar>(registry.client, "market.bars", "market.bars.avsc");
  await codec.read(stored);
  const value = Buffer.from(codec.encode(made));
  const twin: MadeRecord = { name: "market.bars", partition: 0, key: made.symbol, value, record: codec.decode(value) };
  return judge(codec as unknown as RecordCodec<never>, stored, twin);
}

test("a record of an older schema is compared as far as that schema goes", async () => {
  const made = bar({ split: 0.5 });
  assert.equal((await judged(writtenBy(2, older, made), made)).verdict, "identical");
  const { verdict, recomputed } = await judged(writtenBy(2, older, { ...made, close: 99 }), made);
  assert.equal(verdict, "different");
  assert.equal((recomputed as Bar).split, 1, "what the schema lacks is no difference");
  assert.equal((recomputed as Bar).close, made.close);
});

test("a record of a newer schema is verified as long as it has no field that this build does not know", async () => {
  const made = bar({});
  assert.equal((await judged(writtenBy(3, newer, made), made)).verdict, "identical");
  assert.equal((await judged(writtenBy(3, newer, { ...made, close: 99 }), made)).verdict, "different");
  assert.equal((await judged(writtenBy(3, newer, { ...made, venue: "XNYS" }), made)).verdict, "unknown");
});

test("a record of this schema is the same byte by byte, or different", async () => {
  const made = bar({});
  assert.equal((await judged(writtenBy(1, typeOf(present), made), made)).verdict, "identical");
  assert.equal(
    (await judged(writtenBy(1, typeOf(present), { ...made, volume: -0 }), { ...made, volume: 0 })).verdict,
    "different",
  );
});

test("what was recorded is paired with what was made by id, then by key; the rest is surplus", () => {
  const [one, other, third] = [bar({ close: 1 }), bar({ close: 2 }), bar({ close: 3 })];
  const made = [one, other, third].map((record): MadeRecord => ({
    name: "market.bars",
    partition: 0,
    key: record.symbol,
    value: Buffer.alloc(0),
    record,
  }));
  const recorded = (record: Bar, partition = 0) => ({
    name: "market.bars" as const,
    stored: { topic: "market.bars", partition, offset: 0, timestamp: 0, key: record.symbol, value: null, headers: {} },
    record,
  });
  const changed = bar({ close: 4 });
  const { twins, surplus } = pair([recorded(changed), recorded(one), recorded(one, 1)], made);
  assert.deepEqual(
    twins.map((twin) => twin?.record),
    [other, one, undefined],
  );
  assert.deepEqual(
    surplus.map(({ record }) => record),
    [third],
  );
});
