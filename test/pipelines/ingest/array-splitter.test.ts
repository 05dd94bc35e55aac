import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LinesOrElements } from "../../../pipelines/ingest/file-lines.js";
import { limits } from "../../../pipelines/ingest/limits.js";
import { article, outcomesOf, verdict } from "./helpers/lines-of.js";

/** Elements of a text that comes in pieces of some size. */
function elements(text: string, size = 1 << 20): string[] {
  const splitter = new LinesOrElements(true);
  const bytes = Buffer.from(text);
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const line of splitter.push(bytes.subarray(at, at + size))) found.push(line.bytes.toString());
  }
  return [...found, ...splitter.end().map((line) => line.bytes.toString())];
}

test("property: an array's elements, however it is written and cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), { maxLength: 8 }),
      fc.constantFrom(0, 1, 2),
      fc.integer({ min: 1, max: 40 }),
      (objects, indent, size) => {
        const found = elements(JSON.stringify(objects, undefined, indent), size);
        const compact = (value: unknown): string => JSON.stringify(value);
        assert.deepEqual(
          found.map((text) => compact(JSON.parse(text))),
          objects.map(compact),
        );
      },
    ),
  );
});

test("what is no array, or not whole, is not passed over", async () => {
  assert.deepEqual(elements("[]"), []);
  assert.deepEqual(elements('[{"a":1}'), ['{"a":1}']);
  assert.deepEqual(elements('[{"a":1},{"b"'), ['{"a":1}', '{"b"']);
  assert.deepEqual(elements('[{"a":1}] and more'), ['{"a":1}', "and more"]);
  assert.deepEqual(elements('[{"a":1},,{"b":2}]'), ['{"a":1}', "", '{"b":2}']);
  assert.deepEqual(elements("[1, 2]\n{}"), ["[1, 2]", "{}"]);
  const outcomes = await outcomesOf("news", `[${article()},\n${article({ id: "2" })}, 5, [1]]`);
  assert.deepEqual(outcomes.map(verdict), ["accepted", "accepted", "MALFORMED_LINE", "MALFORMED_LINE"]);
  assert.deepEqual(
    outcomes.map(({ line }) => line),
    [1, 2, 3, 4],
  );
});

test("an element that is too large is refused without being held", async () => {
  const large = JSON.stringify({ id: "1", headline: "x".repeat(limits.lineBytes) });
  const outcomes = await outcomesOf("news", `[${large},${article()}]`);
  assert.deepEqual(outcomes.map(verdict), ["TOO_LARGE", "accepted"]);
});
