/** Promises name their tests, and figures the results that they are of. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../schemas/files.js";
import { claimsOf, figuresOf, isRounded, numbersOf, resultOf } from "./figures.js";
import { livePages, readPage } from "./pages.js";

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

test("every figure that names its result is of the day of that result, and stands in it", () => {
  const named = livePages.flatMap(claimsOf);
  assert.ok(named.length > 20);
  for (const { file, claim, results, dates, figures } of named) {
    for (const [index, { name, date }] of results.entries())
      assert.equal(dates[index], date.slice(0, 10), `${name} was measured anew: take its figures over (${file})`);
    const known = results.flatMap(({ numbers }) => numbers);
    for (const figure of figures) {
      const isThere = known.some((number) => isRounded(figure, number));
      assert.ok(isThere, `${file}: ${figure} is not in ${results.map(({ name }) => name).join(", ")}: ${claim}`);
    }
  }
});

test("a target that was missed is shown as it was measured", () => {
  const named = livePages.flatMap(claimsOf);
  for (const name of new Set(named.flatMap(({ results }) => results.map((result) => result.name)))) {
    const shown = named.filter(({ results }) => results.some((result) => result.name === name));
    const figures = shown.flatMap((claim) => claim.figures);
    for (const { what, measured } of resultOf(name).missed)
      for (const number of numbersOf(measured))
        assert.ok(
          figures.some((figure) => isRounded(figure, number)),
          `${name} missed "${what}" with ${measured}, and no page has ${number}`,
        );
  }
});

test("what the comparison of figures takes for equal", () => {
  assert.deepEqual(figuresOf("1,948,056 bars, p50 of `x-1`, 2026-11-24: 0.46 s, 8,360–11,522/s"), [
    ...["1948056", "0.46", "8360", "11522"],
  ]);
  assert.ok(isRounded("0.46", 458) && isRounded("11.9", 11.85) && isRounded("37", 36.9) && isRounded("1935", 1935));
  assert.ok(!isRounded("10000", 10452) && !isRounded("0.45", 458) && !isRounded("12", 11.4) && !isRounded("1.4", 1.46));
});

test("every attack's line is that of its result", () => {
  const rows = [
    ...readPage("test/chaos/README.md").text.matchAll(
      /^\| \[.+\]\((results\/\S+)\) \| (\S+) \| (\d+) \| ([\d.]+) \/ ([\d.]+) s \|/gm,
    ),
  ];
  assert.ok(rows.length > 0);
  for (const [, file = "", date, faults, median, worst] of rows) {
    const result = JSON.parse(readFileSync(join(packageRoot, "test", "chaos", file), "utf8")) as {
      date: string;
      settings: { faults: string };
      problems: string[];
      recoverySeconds: { stage: { median: number; worst: number } };
    };
    const { stage } = result.recoverySeconds;
    assert.deepEqual([stage.median, stage.worst], [Number(median), Number(worst)], file);
    assert.deepEqual([result.date.slice(0, 10), result.settings.faults, result.problems], [date, faults, []], file);
  }
});
