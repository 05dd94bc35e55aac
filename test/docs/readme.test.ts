import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { generatedTables, withTables } from "../../pipelines/cli/documentation.js";
import { metricDefinitions } from "../../pipelines/metrics.js";
import { createProgram } from "../../pipelines/cli/program.js";
import { parts } from "../../pipelines/stages/parts.js";
import { accessDocument } from "../../pipelines/operations/topics/access.js";
import { packageRoot } from "../../schemas/files.js";

const readme = readFileSync(join(packageRoot, "README.md"), "utf8");

test("topics, commands, variables, metrics and reject codes of the README are those of the code", () => {
  assert.equal(withTables(readme, generatedTables(createProgram(), parts)), readme, "run `npm run docs`");
});

test("every metric is in the table of the README, the table has no other, and nothing else is named as one", () => {
  const names = metricDefinitions.map(({ name }) => name);
  const table = readme.slice(readme.indexOf("<!-- metrics -->"), readme.indexOf("<!-- /metrics -->"));
  const listed = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? "");
  assert.deepEqual([...listed].sort(), [...names].sort());
  assert.ok(listed.includes("newstape_sentiment_circuit_open") && listed.includes("newstape_stage_lag_records"));
  const alerts = readFileSync(join(packageRoot, "deploy", "prometheus", "alerts.yaml"), "utf8");
  for (const [name] of [...readme.matchAll(/newstape_\w+_\w+/g), ...alerts.matchAll(/newstape_\w+_\w+/g)])
    assert.ok(names.includes(name.replace(/_(bucket|sum|count)$/, "")), `there is no metric ${name}`);
});

test("the README counts nothing of what the table of patches lists", () => {
  const counted = /\b(two|three|four|five|six|seven|eight|nine|ten|\d+) (parts|patches|fast paths|faults)\b/i;
  for (const file of ["README.md", "pipelines/runtime/kafka/README.md"])
    assert.doesNotMatch(readFileSync(join(packageRoot, file), "utf8"), counted, `${file}: link to patches.ts instead`);
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
