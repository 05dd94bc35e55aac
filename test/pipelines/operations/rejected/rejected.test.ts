import assert from "node:assert/strict";
import { test } from "node:test";
import { findReject, parseRejectPlace, readRejects } from "../../../../pipelines/operations/rejected/rejects.js";
import { fieldsToSet, mendedRecord } from "../../../../pipelines/operations/rejected/resubmit.js";
import type { PartitionLog } from "../../../../pipelines/runtime/kafka/partition-log.js";
import { RecordCodec } from "../../../../pipelines/runtime/codec.js";
import { namesUnder } from "../../../../pipelines/runtime/names.js";
import { rejectRecord } from "../../../../pipelines/runtime/reject-record.js";
import { article, bar, sentiment } from "../../../helpers/landing-records.js";
import { MemoryRegistry } from "../../../helpers/memory-registry.js";
import { MemoryLog, stored } from "../../../helpers/memory-log.js";

const names = namesUnder("a.");
const topic = names.rejected("features");

function rejectAt(offset: number, key: string, code: "UNDECODABLE" | "OPERATOR_FAILED", timestamp: number) {
  const input = stored({ topic: names.topic("market.bars"), partition: 1, offset: offset + 40 }, { key });
  const { value, headers = {} } = rejectRecord(names, 2, input, { stage: "features", code, reason: "why" });
  return stored({ topic, partition: 0, offset }, { key, value, headers, timestamp });
}
const log = new MemoryLog([
  rejectAt(0, "AAPL", "UNDECODABLE", 10),
  rejectAt(1, "XOM", "OPERATOR_FAILED", 20),
  rejectAt(2, "AAPL", "OPERATOR_FAILED", 30),
]) as unknown as PartitionLog;

async function read(filter: Partial<Parameters<typeof readRejects>[2]> = {}): Promise<number[]> {
  const offsets: number[] = [];
  for await (const { offset } of readRejects(log, names, { stages: ["features"], ...filter })) offsets.push(offset);
  return offsets;
}

test("rejects are found by code, key and time", async () => {
  assert.deepEqual(await read(), [0, 1, 2]);
  assert.deepEqual(await read({ code: "OPERATOR_FAILED" }), [1, 2]);
  assert.deepEqual(await read({ code: "OPERATOR_FAILED", keys: new Set(["AAPL"]) }), [2]);
  assert.deepEqual(await read({ since: 20 }), [1, 2]);
});

test("a reject has the place of its input, and in which topic of the catalogue", async () => {
  const reject = await findReject(log, names, { stage: "features", partition: 0, offset: 1 });
  assert.deepEqual(
    [reject.code, reject.reason, reject.topic, reject.trigger, reject.rejectedAt],
    ["OPERATOR_FAILED", "why", "market.bars", "a.market.bars/1/41", 20],
  );
  const ofAnotherPrefix = await findReject(log, { ...names, topic: (name) => `b.${name}` }, reject);
  assert.equal(ofAnotherPrefix.topic, undefined);
  await assert.rejects(findReject(log, names, { stage: "features", partition: 0, offset: 3 }), /features\/0\/3/);
  await assert.rejects(findReject(log, names, { stage: "features", partition: 9, offset: 0 }), /features\/9\/0/);
});

test("a place names a stage that there is", () => {
  assert.deepEqual(parseRejectPlace("features/3/14", ["features"]), { stage: "features", partition: 3, offset: 14 });
  for (const text of ["scores/3/14", "features/3", "features/x/1", "features/-1/2"])
    assert.throws(() => parseRejectPlace(text, ["features"]), /names no rejected record/);
});

test("a held bar that is replayed as it is counts as confirmed; one that is mended is judged anew", () => {
  const held = { code: "PRICE_OUT_OF_LINE" };
  assert.deepEqual([...fieldsToSet(held, {})], [["confirmed", true]]);
  assert.deepEqual([...fieldsToSet(held, { set: new Map([["close", 101]]) })], [["close", 101]]);
  assert.deepEqual([...fieldsToSet(held, { record: {} })], []);
  assert.deepEqual([...fieldsToSet({ code: "BAR_TOO_OLD" }, {})], []);
  const accepted = mendedRecord("market.bars", bar({ confirmed: false }), fieldsToSet(held, {}), 99);
  assert.deepEqual(accepted, bar({ confirmed: true, origin: "live", availableAt: 99 }));
});

test("a mended record counts from now on, whatever else of it is set", () => {
  const mended = mendedRecord("news.raw", article({ origin: "backfill" }), new Map([["headline", "Apple falls"]]), 99);
  assert.deepEqual(mended, article({ origin: "live", availableAt: 99, headline: "Apple falls" }));
  const derived = mendedRecord("news.sentiment", sentiment(), new Map([["blend.positive", 0.7]]), 99);
  const { blend } = sentiment();
  assert.deepEqual(derived, sentiment({ origin: "live", asOf: 99, blend: { ...blend, positive: 0.7 } }));
});

test("a mended record is one of its topic: its bytes are bytes, and an element of a list can be set", async () => {
  const codec = await RecordCodec.open(new MemoryRegistry().client, "news.sentiment", "news.sentiment.avsc");
  const given = sentiment({ fingerprint: Buffer.from([1, 2]) });
  const mended = mendedRecord("news.sentiment", given, new Map([["score", 0.1]]), 99);
  const expected = { ...given, score: 0.1, origin: "live", asOf: 99 };
  assert.deepEqual(codec.encode(mended), codec.encode(expected));
  const { symbols } = mendedRecord("news.raw", article(), new Map([["symbols.1", "XOM"]]), 0) as { symbols: string[] };
  assert.deepEqual(symbols, ["AAPL", "XOM"]);
});

test("only fields that there are can be set, and the record given stays as it is", () => {
  const given = sentiment();
  const set = (path: string) => mendedRecord("news.sentiment", given, new Map([[path, 1]]), 0);
  assert.throws(() => set("blend.sideways"), /has no blend.sideways/);
  assert.throws(() => set("score.deep"), /has no score.deep/);
  assert.throws(() => set("constructor"), /has no constructor/);
  set("blend.positive");
  assert.deepEqual(given, sentiment());
});
