import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fingerprint } from "../../../operators/sentiment/fingerprint.js";

function differingBits(a: string, b: string): number {
  const [left, right] = [fingerprint(a).readBigUInt64BE(), fingerprint(b).readBigUInt64BE()];
  return [...(left ^ right).toString(2)].filter((bit) => bit === "1").length;
}

const headline = "Apple raises its dividend by 8% and buys back more shares";

test("case, cashtags, mentions and a retweet's mark make no difference; a number does", () => {
  for (const same of [`RT @SomeOne: ${headline}`, `$AAPL ${headline} $MSFT`, headline.toUpperCase()]) {
    assert.equal(differingBits(headline, same), 0, same);
  }
  assert.ok(differingBits(headline, headline.replace("8%", "9%")) > 0);
  assert.ok(differingBits("Apple pays $5 more", "Apple pays $6 more") > 0);
});

test("few differing words are few differing bits", () => {
  const few = differingBits(headline, headline.replace("more ", ""));
  const other = differingBits(headline, "Exxon finds oil off the coast of Guyana, stock falls");
  assert.ok(few > 0 && few <= 16, String(few));
  assert.ok(other >= 22, String(other));
});

test("words alike to the last letter are unrelated", () => {
  const words = ["beat", "beats", "beath", "beaty", "beata"];
  const distances = words.flatMap((a, i) => words.slice(i + 1).map((b) => differingBits(a, b)));
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  assert.ok(mean > 26 && mean < 38, String(mean));
});

test("a text without words has no fingerprint, any other has 8 bytes, the same each time", () => {
  for (const empty of ["", " ", "$AAPL", "@user $MSFT RT", "!!! ..."])
    assert.equal(fingerprint(empty).length, 0, empty);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
      const found = fingerprint(`word ${text}`);
      assert.equal(found.length, 8);
      assert.ok(found.equals(fingerprint(`word ${text}`)));
    }),
  );
});
