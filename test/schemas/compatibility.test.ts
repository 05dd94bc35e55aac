import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Schema } from "avsc";
import { incompatibility } from "../helpers/compatibility.js";
import { stages } from "../../pipelines/stages/index.js";
import { packageVersion, schemaDirectory } from "../../schemas/files.js";
import { topicNames, topics } from "../../schemas/topics.js";

const read = (...path: string[]) => JSON.parse(readFileSync(join(schemaDirectory, ...path), "utf8")) as Schema;
const schemaFiles = (...path: string[]) =>
  readdirSync(join(schemaDirectory, ...path)).filter((file) => file.endsWith(".avsc"));
const released = schemaFiles("released");

test("what was released is still there, and its schema may follow it", () => {
  for (const file of released) {
    assert.ok(existsSync(join(schemaDirectory, file)), `${file} was released and must stay`);
    const topic = topicNames.map((name) => topics[name]).find(({ schemaFile }) => schemaFile === file);
    // A changelog is read by later builds alone.
    assert.equal(
      incompatibility(topic?.compatibility ?? "BACKWARD", read("released", file), read(file)),
      undefined,
      file,
    );
  }
});

test("the released schemas are those of this version", () => {
  const version = readFileSync(join(schemaDirectory, "released", "VERSION"), "utf8").trim();
  assert.equal(
    version,
    packageVersion,
    "with a new version of the package, copy schemas/*.avsc to schemas/released/ and write the version to VERSION",
  );
});

test("every topic may be read by older and newer clients, as schemas/README.md promises", () => {
  for (const name of topicNames) assert.equal(topics[name].compatibility, "FULL", name);
});

test("every topic and every state of a stage has a schema file, and every file is of one", () => {
  const states = stages.flatMap(({ stateSchema }) => stateSchema ?? []);
  const used = [...topicNames.map((name) => topics[name].schemaFile), ...states];
  assert.deepEqual(schemaFiles().sort(), used.sort());
});

test("a field without a default, a dropped field and a changed type are reported", () => {
  const before = { type: "record", name: "R", fields: [{ name: "a", type: "string" }] } as Schema;
  const added = {
    type: "record",
    name: "R",
    fields: [
      { name: "a", type: "string" },
      { name: "b", type: "int" },
    ],
  } as Schema;
  const defaulted = {
    type: "record",
    name: "R",
    fields: [
      { name: "a", type: "string" },
      { name: "b", type: "int", default: 0 },
    ],
  } as Schema;
  const changed = { type: "record", name: "R", fields: [{ name: "a", type: "long" }] } as Schema;
  assert.match(incompatibility("FULL", before, added) ?? "", /written before/);
  assert.equal(incompatibility("FORWARD", before, added), undefined);
  assert.equal(incompatibility("FULL", before, defaulted), undefined);
  assert.match(incompatibility("FULL", added, before) ?? "", /cannot read new records/);
  assert.match(incompatibility("BACKWARD", before, changed) ?? "", /written before/);
  assert.equal(incompatibility("NONE", before, changed), undefined);
});
