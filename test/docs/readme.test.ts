import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { generatedTables, withTables } from "../../pipelines/cli/documentation.js";
import { createProgram } from "../../pipelines/cli/program.js";
import { stages } from "../../pipelines/stages/index.js";
import { accessDocument } from "../../pipelines/operations/topics/access.js";
import { packageRoot } from "../../schemas/files.js";
import { topicNames } from "../../schemas/topics.js";

const readme = readFileSync(join(packageRoot, "README.md"), "utf8");

test("commands, variables, metrics and reject codes of the README are those of the code", () => {
  assert.equal(withTables(readme, generatedTables(createProgram())), readme, "run `npm run docs`");
});

test("the access rules on file are those of the stages", () => {
  const file = readFileSync(join(packageRoot, "deploy", "kafka", "acls.json"), "utf8");
  assert.equal(file, accessDocument(stages), "run `npm run docs`");
});

test("every topic is in the README, and the README names no other", () => {
  const section = readme.slice(readme.indexOf("## What comes out"), readme.indexOf("Besides these"));
  const named = [...section.matchAll(/^\| `([a-z.]+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(named.sort(), [...topicNames].sort());
});

test("every stage has a file of its own, and reads and writes what the README says", () => {
  for (const stage of stages) {
    assert.ok(existsSync(join(packageRoot, "pipelines", `${stage.name}.ts`)), stage.name);
    for (const topic of stage.outputs as string[]) {
      assert.match(readme, new RegExp(`\\| \`${topic.replace(".", "\\.")}\` \\|.*\\| ${stage.name} →`), topic);
    }
  }
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
