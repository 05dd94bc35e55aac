/** The library's page: every export is explained, and the examples do what they say. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { packageRoot } from "../../schemas/files.js";
import { compilePrograms } from "../helpers/compile-program.js";
import { readPage } from "./pages.js";

const { text } = readPage("pipelines/API.md");
const sections = text.split(/^### /m).slice(1);

const directory = mkdtempSync(join(tmpdir(), "newstape-examples-"));
after(() => rmSync(directory, { recursive: true, force: true }));

test("every export is explained", () => {
  assert.ok(sections.length > 40);
  const unexplained = sections
    .filter((section) => section.split("\n")[2] === "```ts")
    .map((section) => section.split("\n")[0]);
  assert.deepEqual(unexplained, []);
});

/** Examples by the name of their export. */
const examples = new Map(
  sections.flatMap((section) => {
    const found = [...section.matchAll(/```ts\n([\s\S]*?)```/g)]
      .map(([, code = ""]) => code)
      .find((code) => code.includes('from "newstape"'));
    return found === undefined ? [] : [[section.split("\n")[0] ?? "", found] as const];
  }),
);

test("the examples compile, as a program that has the package installed", () => {
  assert.ok(examples.size >= 7);
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(packageRoot, join(directory, "node_modules", "newstape"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const [name, example] of examples) writeFileSync(join(directory, `${name}.ts`), example);
  compilePrograms(
    directory,
    [...examples.keys()].map((name) => `${name}.ts`),
  );
});

for (const [name, example] of examples) {
  test(`the example of ${name} prints what it says`, () => {
    const promised = [...example.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line]) => line);
    assert.ok(promised.length > 0);
    const printed = execFileSync(process.execPath, [join(directory, `${name}.js`)], {
      cwd: directory,
      encoding: "utf8",
    });
    assert.deepEqual(printed.trimEnd().split("\n"), promised);
  });
}
