import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { formatByName, openInput } from "../../../pipelines/ingest/input.js";
import { UserError } from "../../../pipelines/runtime/errors.js";
import { article, outcomesOf, verdict } from "./helpers/lines-of.js";

async function scratch(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "newstape-input-"));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

async function contentOf(input: string, stdin?: Readable): Promise<Buffer> {
  const opened = await openInput(input, stdin);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of opened.chunks) chunks.push(chunk);
  } finally {
    await opened.close();
  }
  return Buffer.concat(chunks);
}

test("plain or gzip, from a file or a stream, whatever the name", async (t) => {
  const directory = await scratch(t);
  const plain = Buffer.from(Array.from({ length: 5_000 }, (_, index) => article({ id: String(index) })).join("\n"));
  const packed = gzipSync(plain);
  for (const [name, bytes] of Object.entries({
    "plain.jsonl": plain,
    "packed.jsonl.gz": packed,
    "lies.jsonl": packed,
    "lies.jsonl.gz": plain,
    "two-members.gz": Buffer.concat([gzipSync(plain.subarray(0, 777)), gzipSync(plain.subarray(777))]),
  })) {
    const file = join(directory, name);
    await writeFile(file, bytes);
    assert.ok(plain.equals(await contentOf(file)), name);
    // One byte at a time to begin with: what it is must not depend on the first chunk's size.
    const trickle = [...bytes.subarray(0, 5)].map((byte) => Buffer.from([byte]));
    assert.ok(
      plain.equals(await contentOf("-", Readable.from([...trickle, bytes.subarray(5)]))),
      `${name} as a stream`,
    );
  }
});

test("an empty input, and inputs shorter than a magic number", async () => {
  for (const text of ["", "a", "ab", "\n"]) {
    assert.equal((await contentOf("-", Readable.from([Buffer.from(text)]))).toString(), text);
  }
  assert.deepEqual(await outcomesOf("news", ""), []);
  assert.deepEqual((await outcomesOf("news", "\n \n")).map(verdict), ["skipped", "skipped"]);
});

const failing: [string, () => Buffer, RegExp][] = [
  ["cut off", () => gzipSync(Buffer.alloc(500_000, "news ")).subarray(0, 300), /is cut off after \d+ bytes/],
  [
    "damaged",
    () => {
      const packed = gzipSync(
        Buffer.from(Array.from({ length: 9_999 }, (_, index) => article({ id: String(index) })).join()),
      );
      packed.fill(0xff, 2_000, 2_040);
      return packed;
    },
    /is damaged after \d+ bytes/,
  ],
  ["a bomb", () => gzipSync(Buffer.alloc(100 * 1024 * 1024)), /holds more than 250 times its size/],
  ["UTF-16", () => Buffer.from("\uFEFFid,headline\n", "utf16le"), /UTF-16, not UTF-8/],
  ["zip", () => Buffer.from("PK\u0003\u0004 and so on"), /packed with zip/],
];
for (const [name, bytes, message] of failing) {
  test(`an input that is ${name} fails with a message that names the cause`, async () => {
    await assert.rejects(contentOf("-", Readable.from([bytes()])), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      assert.ok(error.remedy);
      return true;
    });
  });
}

test("a file that is not there, or is a directory", async (t) => {
  await assert.rejects(openInput("/nowhere/news.jsonl"), /cannot be read: ENOENT/);
  await assert.rejects(openInput(await scratch(t)), /it is a directory/);
});

test("the format comes from the name, else from the first line", async () => {
  assert.equal(formatByName("a/b.CSV.gz"), "csv");
  assert.equal(formatByName("b.ndjson"), "jsonl");
  assert.equal(formatByName("-"), undefined);
  const csv = "\n id,published_at,symbols,headline\n1,2015-09-30T20:00:00Z,AAPL,x";
  assert.deepEqual((await outcomesOf("news", csv)).map(verdict), ["skipped", "skipped", "accepted"]);
  assert.deepEqual((await outcomesOf("news", `\uFEFF${article()}`)).map(verdict), ["accepted"]);
});
