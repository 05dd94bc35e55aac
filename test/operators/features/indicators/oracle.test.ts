/**
 * What is served against other implementations, on every bar after the warm-up: TA-Lib, and the formulas in numpy and
 * pandas (test/fixtures/indicators/make.py).
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Feature } from "../../../../operators/features/feature.js";
import { barFeatures } from "../../../../operators/features/indicators/bar-features.js";
import { packageRoot } from "../../../../schemas/files.js";
import { expectedOf, served } from "./served.js";

/** Relative. The floor is for values near zero, of features whose size is 1e-4 and more. */
const tolerance = 1e-9;
const floor = 1e-12;

/** Oracles that start otherwise, and are compared once their start has faded. */
const late = ["macd-line:talib-macd", "macd-signal:talib-macd", "macd-histogram:talib-macd"];

for (const series of ["AAPL", "BAC", "XOM", "halted", "long"]) {
  const { bars, columns } = expectedOf(series);
  const found = served(bars);

  test(`${series}: ${columns.size} columns of oracles`, (context) => {
    let compared = 0;
    let worst = { error: 0, where: "" };
    for (const [column, expected] of columns) {
      const values = found.get(column.split(":")[0] ?? "");
      assert.ok(values, `${column} is of no feature`);
      for (const [index, value] of expected.entries()) {
        if (Number.isNaN(value)) continue;
        const served = values[index] ?? NaN;
        if (Number.isNaN(served)) assert.fail(`${column}[${index}]: not served yet, the oracle has ${value}`);
        const error = Math.max(0, Math.abs(served - value) - floor) / Math.abs(value || 1);
        if (error > worst.error) worst = { error, where: `${column}[${index}]` };
        assert.ok(error <= tolerance, `${column}[${index}]: ${served}, expected ${value}`);
        compared += 1;
      }
    }
    assert.ok(compared > 500);
    context.diagnostic(`${compared} values, at most ${worst.error.toExponential(1)} off (${worst.where})`);
  });
}

const folder = "test/operators/features/indicators";

test("every feature has an oracle", () => {
  const covered = new Set(
    ["AAPL", "long"].flatMap((series) => [...expectedOf(series).columns.keys()].map((column) => column.split(":")[0])),
  );
  const hasTest = (name: string): boolean => existsSync(join(packageRoot, folder, `${name}.test.ts`));
  assert.deepEqual(
    barFeatures.map(({ name }) => name).filter((name) => !covered.has(name) && !hasTest(name)),
    [],
    `features without a column of test/fixtures/indicators/make.py, and without a test of their name in ${folder}`,
  );
});

test("every feature that a file of the indicators makes is in the list", async () => {
  const compiled = join(packageRoot, "dist", "operators", "features", "indicators");
  const listed = new Set(barFeatures);
  for (const file of readdirSync(compiled).filter((name) => name.endsWith(".js"))) {
    const made = Object.values((await import(pathToFileURL(join(compiled, file)).href)) as object).flat() as unknown[];
    const unlisted = made.filter((value) => isFeature(value) && !listed.has(value));
    assert.deepEqual(unlisted, [], `${file}: not in the lists of operators/features/indicators/bar-features.ts`);
  }
});

const isFeature = (value: unknown): value is Feature =>
  typeof value === "object" && value !== null && "formula" in value && "compute" in value;

test("a feature is served from the first bar on which its oracle has a value, and not before", () => {
  const { bars, columns } = expectedOf("AAPL");
  const found = served(bars);
  for (const [column, expected] of columns) {
    if (late.includes(column)) continue;
    const [name = ""] = column.split(":");
    const values = found.get(name) ?? [];
    const warmUp = barFeatures.find((feature) => feature.name === name)?.warmUp;
    assert.equal(values.findIndex(Number.isFinite) + 1, warmUp, `${name}: first served`);
    assert.equal(expected.findIndex(Number.isFinite) + 1, warmUp, `${column}: first known`);
  }
});
