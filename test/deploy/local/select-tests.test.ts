import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../../deploy/local/paths.js";

interface SelectTests {
  isUnit: (file: string) => boolean;
  needsStack: (file: string) => boolean;
  selectTests: (files: readonly string[], patterns: readonly string[]) => string[];
}

// Plain JavaScript that is not compiled: it must run before anything is installed.
const file = join(packageRoot(), "deploy", "local", "bootstrap", "select-tests.mjs");
const { isUnit, needsStack, selectTests } = (await import(pathToFileURL(file).href)) as SelectTests;

const unit = "dist/test/operators/rsi.test.js";
const integration = "dist/test/integration/runner/faults.test.js";
const chaos = "dist/test/chaos/long.test.js";
const files = [unit, "dist/test/operators/helpers.js", integration, chaos, "dist/test/bench/hop.js"];

test("without a pattern everything runs but what is started by hand", () => {
  assert.deepEqual(selectTests(files, []), [unit, integration]);
});

test("a pattern is a source file, a folder, a part of a path or has a star in it", () => {
  assert.deepEqual(selectTests(files, ["test/operators/rsi.test.ts"]), [unit]);
  assert.deepEqual(selectTests(files, ["./test/chaos"]), [chaos]);
  assert.deepEqual(selectTests(files, ["faults", "rsi"]), [unit, integration]);
  assert.deepEqual(selectTests(files, ["test/**/*.test.ts"]), [unit, integration, chaos]);
  assert.deepEqual(selectTests(files, ["r.i"]), []);
});

test("tests that share the stack or start one are separated from those that need none", () => {
  assert.deepEqual(files.filter(needsStack), [integration, chaos, "dist/test/bench/hop.js"]);
  assert.ok(needsStack("dist/test/deploy/local/stack.test.js"));
});

test("what compiles or packs the whole project is no unit test", () => {
  const extending = "dist/test/docs/extending.test.js";
  assert.deepEqual([unit, "dist/test/docs/pages.test.js", extending, integration].filter(isUnit), [
    unit,
    "dist/test/docs/pages.test.js",
  ]);
  assert.ok(!needsStack(extending), "it needs no server all the same");
});
