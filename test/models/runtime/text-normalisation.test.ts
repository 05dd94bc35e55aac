import assert from "node:assert/strict";
import { test } from "node:test";
import { newsRules, textNormaliser } from "../../../models/runtime/text-normalisation.js";

const normalise = textNormaliser(newsRules);

test("addresses, entities and spaces are cleaned up", () => {
  assert.equal(normalise("  AT&amp;T\u00a0up &gt; 3%\t https://t.co/x1\u2026 now "), "AT&T up > 3% now");
  assert.equal(normalise("www.example.com"), "");
});

test("lone surrogates become the replacement character, pairs stay", () => {
  assert.equal(textNormaliser([])("a\ud800b \ud83d\ude80"), "a\ufffdb \ud83d\ude80");
});

test("a replacement is taken literally", () => {
  assert.equal(textNormaliser([{ pattern: "x", replacement: "$&$1" }])("axb"), "a$&$1b");
});

test("a megabyte of text is cut before it is worked on", () => {
  assert.ok(normalise("word ".repeat(250_000)).length <= 10_000);
});
