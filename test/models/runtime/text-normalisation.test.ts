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

test("who passed a post on is left out, once or several times over, but only at its beginning", () => {
  assert.equal(normalise("RT @StockTwits: Apple is up"), "Apple is up");
  assert.equal(normalise(" RT @a: RT @b_1 $AAPL up http://t.co/x"), "$AAPL up");
  assert.equal(normalise("Apple is up RT @StockTwits"), "Apple is up RT @StockTwits");
  assert.equal(normalise("RT is no mark, nor is SMART @home"), "RT is no mark, nor is SMART @home");
  assert.equal(normalise("RT @onlythemark"), "");
});

test("marks that the trainer's tokenizer does not know as such are spaces", () => {
  assert.equal(normalise("a\u166db\u2e4fc\u1ac0"), "a b c");
});
