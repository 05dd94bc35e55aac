/** The catalogue of parts against that of the topics: what was forgotten is named. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writers } from "../../../pipelines/landing/writers.js";
import { stages } from "../../../pipelines/stages/index.js";
import { parts, runnable } from "../../../pipelines/stages/parts.js";
import { packageRoot, schemaDirectory } from "../../../schemas/files.js";
import { landedTopics, topicNames, topics, type Landing, type TopicName } from "../../../schemas/topics.js";

/** Groups, users and topics of the pipeline that are not of a part. */
const reserved = ["reader", "operations", "backfill", "all"];

test("each part has a name of its own, of lower-case letters", () => {
  const names = parts.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)], "two parts have one name");
  for (const name of names) {
    assert.match(name, /^[a-z]+$/);
    assert.ok(!reserved.includes(name), `${name} is taken`);
  }
});

test("every topic has a part that writes it", () => {
  const written = new Set(parts.flatMap(({ outputs }) => outputs));
  const orphans = topicNames.filter((name) => !written.has(name));
  assert.deepEqual(
    orphans,
    [],
    "name them among the outputs of a stage's declaration, or of a part in stages/parts.ts",
  );
});

test("every topic lands, or has a reason why not", () => {
  const landing = parts.filter(({ kind }) => kind === "sink").flatMap(({ inputs }) => inputs);
  for (const name of topicNames) {
    const where: Landing = topics[name].landing;
    assert.equal(landing.includes(name), where.kind !== "none", name);
    if (where.kind === "none") assert.notEqual(where.because, "", name);
  }
});

test("what lands of a topic goes into the tables of its entry", () => {
  for (const name of landedTopics) {
    const where: Landing = topics[name].landing;
    if (where.kind === "none") continue;
    const tables = where.kind === "ledger" && where.latest !== undefined ? [where.table, where.latest] : [where.table];
    assert.deepEqual(writers[name].tables, tables, `${name}: schemas/topics.ts against landing/writers.ts`);
  }
  const all = landedTopics.flatMap((name) => writers[name].tables);
  assert.deepEqual(all, [...new Set(all)], "two topics land in one table");
});

test("topics stand under their own names, with schemas that are there and times that are fields of them", () => {
  for (const name of topicNames) {
    assert.equal(topics[name].name, name);
    assert.ok(existsSync(join(schemaDirectory, topics[name].schemaFile)), topics[name].schemaFile);
    const known = topics[name] as { availableAt(record: unknown): number; timeField: string };
    const record = { [known.timeField]: 17 };
    assert.equal(known.availableAt(record), 17, `${name} is known by another field than ${known.timeField}`);
  }
});

test("every stage has a file of its own, and stands after whoever writes its inputs", () => {
  const seen = new Set<TopicName>(parts.filter(({ kind }) => kind === "source").flatMap(({ outputs }) => outputs));
  for (const { name, inputs, outputs, stateSchema } of stages) {
    assert.ok(existsSync(join(packageRoot, "pipelines", "stages", `${name}.ts`)), `pipelines/stages/${name}.ts`);
    if (stateSchema !== undefined) assert.ok(existsSync(join(schemaDirectory, stateSchema)), stateSchema);
    for (const input of inputs as TopicName[])
      assert.ok(seen.has(input), `${name} stands before the stage that writes ${input}: a backfill runs them in order`);
    for (const output of outputs as TopicName[]) seen.add(output);
  }
});

test("what is no source can be run, and a stage writes no other's topics", () => {
  assert.deepEqual(
    runnable,
    parts.filter(({ kind }) => kind !== "source").map(({ name }) => name),
  );
  const written = stages.flatMap(({ outputs }) => outputs as TopicName[]);
  assert.deepEqual(written, [...new Set(written)], "the accounting counts what one stage writes to a topic");
});
