import assert from "node:assert/strict";
import { test } from "node:test";
import { notFinite } from "../../operators/finite.js";

test("the path of the first number that is not finite", () => {
  assert.equal(notFinite({ a: 1, b: null, c: "NaN", d: [1, { e: -0 }] }), undefined);
  assert.equal(notFinite({ a: NaN }), "a");
  assert.equal(notFinite({ a: { b: Infinity } }), "a.b");
  assert.equal(notFinite({ a: [0, { b: [1, -Infinity] }] }), "a[1].b[1]");
});
