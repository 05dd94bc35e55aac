import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../../deploy/local/paths.js";

interface SelectTests {
  alone: readonly string[];
  partsOfRun: (files: readonly string[]) => { files: string[]; sideBySide: number }[];
  isUnit: (file: string) => boolean;
  needsStack: (file: string) => boolean;
  selectTests: (files: readonly string[], patterns: readonly string[]) => string[];
}

// Plain JavaScript that is not compiled: it must run before anything is installed.
const file = join(packageRoot(), "deploy", "local", "bootstrap", "select-tests.mjs");
const { alone, isUnit, needsStack, partsOfRun, selectTests } = (await import(pathToFileURL(file).href)) as SelectTests;
const compiling = join(packageRoot(), "deploy", "local", "bootstrap", "compile.mjs");
const { filesBelow } = (await import(pathToFileURL(compiling).href)) as {
  filesBelow: (folder: string) => Promise<string[]>;
};

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

test("what compiles the whole project, or runs the whole slice, is no unit test", () => {
  const extending = "dist/test/docs/extending.test.js";
  const slice = "dist/test/pipelines/offline/slice-bytes.test.js";
  assert.deepEqual([unit, "dist/test/docs/pages.test.js", extending, slice, integration].filter(isUnit), [
    unit,
    "dist/test/docs/pages.test.js",
  ]);
  assert.ok(!needsStack(extending), "it needs no server all the same");
});

test("what needs nothing runs first, and what strikes servers last and alone", () => {
  const outages = "dist/test/integration/outages.test.js";
  const packing = "dist/test/package/install.test.js";
  const landing = "dist/test/integration/landing/columns.test.js";
  assert.deepEqual(partsOfRun([outages, landing, packing, unit]), [
    { files: [unit], sideBySide: 2 },
    { files: [landing, packing], sideBySide: 3 },
    { files: [outages], sideBySide: 1 },
  ]);
  assert.deepEqual(partsOfRun([outages]), [{ files: [outages], sideBySide: 1 }]);
});

/** Modules by which servers are started, ended and frozen. */
const strikers = ["dist/deploy/local/lifecycle.js", "dist/test/helpers/kafka-node.js"];

/** The compiled modules of tests and of the local stack that a module loads or forks, itself among them. */
function loadedBy(start: string): Set<string> {
  const found = new Set([start]);
  for (const module of found) {
    const text = readFileSync(join(packageRoot(), module), "utf8");
    for (const [, path = ""] of text.matchAll(/(?:\bfrom |\bimport\(|\bimport |new URL\()"(\.{1,2}\/[^"]+\.js)"/g)) {
      const other = join(dirname(module), path);
      if (/^dist\/(test|deploy\/local)\//.test(other)) found.add(other);
    }
  }
  return found;
}

test("every test that can strike servers runs alone, and every name of the list is of some", async () => {
  const tests = selectTests(await filesBelow("dist/test"), []).filter(needsStack);
  assert.ok(tests.length > 30);
  const striking = tests.filter((each) => strikers.some((striker) => loadedBy(each).has(striker)));
  assert.ok(striking.length > 5);
  const isAlone = (each: string): boolean => alone.some((start) => each.startsWith(start));
  assert.deepEqual(
    striking.filter((each) => !isAlone(each)),
    [],
    "they belong into the list `alone` of deploy/local/bootstrap/select-tests.mjs",
  );
  const all = await filesBelow("dist/test");
  assert.deepEqual(
    alone.filter((start) => !all.some((each) => each.startsWith(start))),
    [],
  );
});
