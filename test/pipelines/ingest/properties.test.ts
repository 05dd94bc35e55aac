import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UserError } from "../../../pipelines/runtime/errors.js";
import { LineSplitter } from "../../../pipelines/ingest/lines.js";
import type { IngestKind, LineOutcome } from "../../../pipelines/ingest/outcome.js";
import { article, barHeader, barLine, outcomesOf, verdict } from "./helpers/lines-of.js";
import { brokenBars, brokenNews, fileOf } from "./helpers/broken-files.js";

/** Bytes that come close to what parsers stumble over. */
const nastyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    '"',
    '""',
    ",",
    "\n",
    "\r\n",
    "{",
    "}",
    "[",
    "null",
    "\u0000",
    "\uFEFF",
    "NaN",
    "1e400",
    "__proto__",
    "\\ud800",
  ),
  fc.constantFrom(article(), article({ id: "2" }), barLine(), barLine({ symbol: '"KO"' }), barHeader),
);
const nastyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  nastyText.map((text) => Buffer.from(text)),
  nastyText.map((text) => Buffer.from(`${text}\n`)),
);
const header = (kind: IngestKind): string => (kind === "bars" ? barHeader : "id,published_at,symbols,headline");

function lineCount(bytes: Buffer): number {
  const feeds = bytes.filter((byte) => byte === 0x0a).length;
  return bytes.length === 0 || bytes.at(-1) === 0x0a ? feeds : feeds + 1;
}

test("any bytes: no parser crashes, and each line has exactly one outcome, in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<IngestKind>("news", "bars"),
      fc.constantFrom("csv" as const, "jsonl" as const),
      fc.array(nastyBytes, { maxLength: 20 }),
      async (kind, format, pieces) => {
        const start = format === "csv" ? [Buffer.from(`${header(kind)}\n`)] : [Buffer.from("{}\n")];
        const bytes = Buffer.concat([...start, ...pieces]);
        const outcomes: LineOutcome<unknown>[] = await outcomesOf(kind, bytes, { format });
        assert.deepEqual(
          outcomes.map((outcome) => outcome.line),
          Array.from({ length: lineCount(bytes) }, (_, index) => index + 1),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("any bytes without a sound beginning: outcomes, or an error for the user", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom<IngestKind>("news", "bars"), fc.array(nastyBytes), async (kind, pieces) => {
      try {
        await outcomesOf(kind, Buffer.concat(pieces));
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test("how the input is cut into chunks changes nothing", async () => {
  for (const [kind, file] of [
    ["news", fileOf(brokenNews)],
    ["bars", fileOf(brokenBars)],
  ] as const) {
    const whole = await outcomesOf(kind, file);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(file.length), { maxLength: 30 }), async (cuts) => {
        const places = [0, ...cuts.sort((left, right) => left - right), file.length];
        const chunks = places.slice(1).map((end, index) => file.subarray(places[index], end));
        assert.deepEqual(await outcomesOf(kind, chunks), whole);
      }),
      { numRuns: 20 },
    );
  }
});

test("an accepted article survives any text in its headline", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", minLength: 1 }), async (headline) => {
      const [outcome] = await outcomesOf("news", article({ headline }));
      assert.ok(outcome !== undefined);
      if (outcome.outcome !== "accepted") return assert.equal(verdict(outcome), "MISSING_FIELD");
      const taken = outcome.record.headline;
      assert.equal(taken.length, headline.length);
      assert.equal(Buffer.from(taken).toString(), taken);
    }),
  );
});

test("a line splitter holds no more than one line's bound, whatever the line", () => {
  const splitter = new LineSplitter(1000);
  const chunk = Buffer.alloc(64 * 1024, "x");
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 2_000; index++) assert.deepEqual(splitter.push(chunk), []);
  assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024, "125 MiB went through");
  const [line, next] = splitter.push(Buffer.from("\nnext\n"));
  assert.equal(line?.tooLong, true);
  assert.ok(line.bytes.length <= 512);
  assert.deepEqual({ ...next, bytes: next?.bytes.toString() }, { number: 2, bytes: "next", tooLong: false });
});
