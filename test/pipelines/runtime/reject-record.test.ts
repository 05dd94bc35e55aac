import assert from "node:assert/strict";
import { test } from "node:test";
import { namesUnder } from "../../../pipelines/runtime/names.js";
import { rejectRecord } from "../../../pipelines/runtime/reject-record.js";
import { rejectHeaders } from "../../../schemas/headers.js";

const stored = {
  topic: "market.bars",
  partition: 2,
  offset: 17,
  timestamp: 0,
  key: "AAPL",
  value: Buffer.from("bytes"),
  headers: { traceparent: "00-1-2-01" },
};
const rejection = { stage: "features", code: "INVALID_PRICE", reason: "close is -1", origin: "live" } as const;

test("the original key, bytes and headers, and beside them why and where", () => {
  assert.deepEqual(rejectRecord(namesUnder("p."), 4, stored, rejection), {
    topic: "p.features.rejected",
    partition: rejectRecord(namesUnder(""), 4, stored, rejection).partition,
    key: "AAPL",
    value: stored.value,
    headers: {
      traceparent: "00-1-2-01",
      "newstape-code": "INVALID_PRICE",
      "newstape-reason": "close is -1",
      "newstape-stage": "features",
      "newstape-trigger": "market.bars/2/17",
      "newstape-origin": "live",
    },
  });
});

test("without a key it stays in its partition", () => {
  assert.equal(rejectRecord(namesUnder(""), 4, { ...stored, key: null, partition: 3 }, rejection).partition, 3);
});

test("what would not fit the broker's limit is cut, with a header for it: it would be tried for ever", () => {
  const headers = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`header-${index}`, "x".repeat(100)]));
  const large = { ...stored, key: "K".repeat(1_000_000), value: Buffer.alloc(5_000_000, 7), headers };
  const record = rejectRecord(namesUnder(""), 4, large, { ...rejection, reason: "r".repeat(1_000_000) });
  const texts = Object.entries(record.headers ?? {}).flat();
  const size = (record.value?.length ?? 0) + (record.key?.length ?? 0) + texts.join("").length;
  assert.ok(size < 1_000_000, `${size} bytes`);
  assert.equal(record.headers?.[rejectHeaders.valueBytes], "5000000");
  assert.equal(record.headers?.[rejectHeaders.keyCharacters], "1000000");
  assert.ok(Number(record.headers?.[rejectHeaders.headersDropped]) > 200);
});

test("a record that comes with headers of a reject does not pass for another", () => {
  const forged = { ...stored, headers: { [rejectHeaders.code]: "NONE", [rejectHeaders.origin]: "forged" } };
  const { headers } = rejectRecord(namesUnder(""), 4, forged, { stage: "scores", code: "NOT_FINITE", reason: "" });
  assert.equal(headers?.[rejectHeaders.code], "NOT_FINITE");
  assert.equal(headers?.[rejectHeaders.origin], undefined);
});
