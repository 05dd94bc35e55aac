import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRecord } from "./read-committed.js";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

test("a line of the Java reader is a record", () => {
  const headers = `${base64("a:b")}:${base64("c,d")},${base64("empty")}:`;
  assert.deepEqual(parseRecord(`record\tt\t3\t17\t99\t${base64("ü")}\t-\t${headers}`), {
    topic: "t",
    partition: 3,
    offset: 17,
    timestamp: 99,
    key: "ü",
    value: null,
    headers: { "a:b": "c,d", empty: "" },
  });
});

test("a line that was cut is none", () => {
  assert.throws(() => parseRecord("record\tt\t3\t17\t99\t-\t-"), /not a record/);
  assert.throws(() => parseRecord(""), /not a record/);
});
