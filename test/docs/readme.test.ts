import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { generatedTables, withTables } from "../../pipelines/cli/documentation.js";
import { createProgram } from "../../pipelines/cli/program.js";
import { parts } from "../../pipelines/stages/parts.js";
import { accessDocument } from "../../pipelines/operations/topics/access.js";
import { packageRoot } from "../../schemas/files.js";

const readme = readFileSync(join(packageRoot, "README.md"), "utf8");

test("topics, commands, variables, metrics and reject codes of the README are those of the code", async () => {
  assert.equal(withTables(readme, await generatedTables(createProgram(), parts)), readme, "run `npm run docs`");
});

test("the access rules on file are those of the parts", () => {
  const file = readFileSync(join(packageRoot, "deploy", "kafka", "acls.json"), "utf8");
  assert.equal(file, accessDocument(parts), "run `npm run docs`");
});

test("the clients' examples are the files that were run", () => {
  const examples = [...readme.matchAll(/<!-- example: (\S+) -->\n```\w+\n([\s\S]*?)```/g)];
  assert.equal(examples.length, 3);
  for (const [, file, text] of examples) assert.equal(readFileSync(join(packageRoot, file ?? ""), "utf8"), text, file);
});

test("every linked file exists", () => {
  for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
    assert.ok(existsSync(join(packageRoot, target ?? "")), target);
});
