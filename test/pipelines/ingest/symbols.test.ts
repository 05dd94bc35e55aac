import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { defaultSymbols } from "../../../pipelines/ingest/default-symbols.js";
import { readSymbolList } from "../../../pipelines/ingest/symbols.js";

test("the default list has the 88 stocks, sorted", () => {
  assert.equal(new Set(defaultSymbols).size, 88);
  assert.deepEqual([...defaultSymbols].sort(), defaultSymbols);
  assert.ok(readSymbolList().has("BRK-A"));
  assert.ok(!readSymbolList().has("TSLA"));
});

test("a list of one's own: one symbol a line, or a CSV's first column", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "newstape-symbols-"));
  t.after(() => rm(directory, { recursive: true }));
  const file = join(directory, "symbols.csv");
  await writeFile(
    file,
    '\uFEFFsymbol,name\r\n# technology\r\n$tsla,"Tesla, Inc."\r\n\r\n"BRK.B",Berkshire # class B\r\n',
  );
  const list = readSymbolList(file);
  assert.equal(list.description, "BRK.B TSLA");
  await writeFile(file, "AAPL\nnot a symbol\n");
  assert.throws(() => readSymbolList(file), /Line 2 of .* is no symbol/);
  await writeFile(file, "symbol\n");
  assert.throws(() => readSymbolList(file), /There is no symbol/);
  assert.throws(() => readSymbolList(join(directory, "absent")), /cannot be read: ENOENT/);
});

test("any: whatever is written like a symbol", () => {
  const any = readSymbolList("any");
  for (const symbol of ["A", "BRK-A", "RDS.B", "^GSPC", "EURUSD=X", "BTC/USD", "7203.T"])
    assert.ok(any.has(symbol), symbol);
  for (const symbol of ["", "a", "A B", "<script>", "-A", "X".repeat(17)]) assert.ok(!any.has(symbol), symbol);
});
