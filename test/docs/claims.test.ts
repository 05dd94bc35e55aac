/** Promises name their tests, and figures the results that they are of. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../schemas/files.js";
import { readPage } from "./pages.js";

/** Rows of tables of which the first cell begins in bold. */
const promises = (text: string): string[][] =>
  [...text.matchAll(/^\| (\*\*.+) \|$/gm)].map(([, row = ""]) => row.split(" | "));

const nameOf = ([cell = ""]: string[]): string => /\*\*(.+?)\*\*/.exec(cell)?.[1] ?? "";

test("every promise names a test", () => {
  const rows = promises(readPage("deploy/PROMISES.md").text);
  assert.ok(rows.length > 0);
  for (const row of rows) {
    const tests = [...(row.at(-1) ?? "").matchAll(/\]\(\.\.\/(test\/\S+\.test\.ts)\)/g)].map(([, file = ""]) => file);
    assert.ok(tests.length > 0, `"${nameOf(row)}" names no test`);
    for (const file of tests) assert.ok(existsSync(join(packageRoot, file)), file);
  }
});

test("the README promises what the page of the promises explains", () => {
  const explained = promises(readPage("deploy/PROMISES.md").text).map(nameOf);
  assert.deepEqual(
    promises(readPage("README.md").text).map((row) => nameOf(row)),
    explained,
  );
});

test("every figure that names its result is of the day of that result", () => {
  const { text } = readPage("test/bench/README.md");
  const named = [...text.matchAll(/`([\w-]+)`, (\d{4}-\d\d-\d\d)/g)];
  assert.ok(named.length > 0);
  for (const [, name = "", date] of named) {
    const file = join(packageRoot, "test", "bench", "results", `${name}.json`);
    const result = JSON.parse(readFileSync(file, "utf8")) as { date: string };
    assert.equal(date, result.date.slice(0, 10), `${name} was measured anew: take its figures over`);
  }
});

test("every attack's line is that of its result", () => {
  const rows = [
    ...readPage("test/chaos/README.md").text.matchAll(/^\| \[.+\]\((results\/\S+)\) \| (\S+) \| (\d+) \|/gm),
  ];
  assert.ok(rows.length > 0);
  for (const [, file = "", date, faults] of rows) {
    const result = JSON.parse(readFileSync(join(packageRoot, "test", "chaos", file), "utf8")) as {
      date: string;
      settings: { faults: string };
      problems: string[];
    };
    assert.deepEqual([result.date.slice(0, 10), result.settings.faults, result.problems], [date, faults, []], file);
  }
});
