import assert from "node:assert/strict";
import { test } from "node:test";
import { contentHash } from "../../../pipelines/landing/content-hash.js";
import { column } from "../../../pipelines/landing/column.js";
import { sentimentTable } from "../../../pipelines/landing/tables/sentiment.js";
import { delivered, sentiment } from "../../helpers/landing-records.js";
import type { NewsSentiment } from "../../../schemas/generated/types.js";

const { columns } = sentimentTable;
const hashOf = (record: NewsSentiment, offset = 0): string => {
  const [landed] = delivered([record], offset, offset);
  assert.ok(landed);
  return contentHash(columns, landed);
};

test("the content of a record makes its hash, not its place", () => {
  assert.match(hashOf(sentiment()), /^[\w-]{22}$/);
  assert.equal(hashOf(sentiment(), 1), hashOf(sentiment(), 2));
  assert.notEqual(hashOf(sentiment()), hashOf(sentiment({ score: 0.5000000000000001 })));
  assert.notEqual(hashOf(sentiment()), hashOf(sentiment({ transformer: null })));
});

test("NaN, the infinities and their absence are four different contents", () => {
  const hashes = [NaN, Infinity, -Infinity, null].map((score) => hashOf(sentiment({ score: score as number })));
  assert.equal(new Set(hashes).size, 4);
});

test("a column that is added with nothing in it leaves the hash as it was", () => {
  const [landed] = delivered([sentiment()]);
  assert.ok(landed);
  const extended = [...columns, column<NewsSentiment>("added_later", "text", () => null)];
  assert.equal(contentHash(extended, landed), contentHash(columns, landed));
});
