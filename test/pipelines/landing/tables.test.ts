/** No field of a topic is left out of its table in silence. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { snakeCase } from "../../../pipelines/landing/column.js";
import { landedTopics } from "../../../schemas/topics.js";
import { writers } from "../../../pipelines/landing/writers.js";
import { migrationDirectory } from "../../../pipelines/runtime/database/migrations.js";
import { schemaDirectory } from "../../../schemas/files.js";
import { topics } from "../../../schemas/topics.js";
import { landedTables } from "../../helpers/landed-tables.js";

/** Columns of a field that is a record of its own: `blend` is `blend_negative`, `blend_neutral` and so on. */
const parts: Readonly<Record<string, readonly string[]>> = {
  blend: ["negative", "neutral", "positive"],
  transformer: ["negative", "neutral", "positive"],
  vader: ["negative", "neutral", "positive"],
  model: ["name", "version", "sha256"],
};

for (const topic of landedTopics) {
  test(`the table of ${topic} takes every field of the schema`, () => {
    const { schemaFile } = topics[topic];
    const { fields } = JSON.parse(readFileSync(join(schemaDirectory, schemaFile), "utf8")) as {
      fields: readonly { name: string }[];
    };
    const [table = ""] = writers[topic].tables;
    const declared = landedTables.find(({ name }) => name === table);
    assert.equal(declared?.topic, topic);
    const names = new Set(declared.columns.map(({ name }) => name));
    const missing = fields.filter(({ name }) =>
      (topic === "news.sentiment" && parts[name]
        ? parts[name].map((part) => `${name}_${part}`)
        : [snakeCase(name)]
      ).some((column) => !names.has(column)),
    );
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
      `fields of schemas/${schemaFile} that pipelines/landing/tables/${table.replaceAll("_", "-")}.ts leaves out`,
    );
  });
}

const migrations = readdirSync(migrationDirectory)
  .filter((file) => file.endsWith(".sql"))
  .map((file) => readFileSync(join(migrationDirectory, file), "utf8"))
  .join("\n");

/** By the words of the migrations; that the columns have the right types is tested in a database. */
function madeColumns(table: string): Set<string> {
  const [, body = ""] = new RegExp(`^CREATE TABLE ${table} \\(\n([^;]*?)^\\);`, "m").exec(migrations) ?? [];
  const own = [...body.matchAll(/^ {2}"?(\w+)"? /gm)];
  const added = [...migrations.matchAll(new RegExp(`^\\s*ALTER TABLE ${table} ADD COLUMN "?(\\w+)"? `, "gm"))];
  return new Set([...own, ...added].map(([, name = ""]) => name));
}

for (const { name: table, columns } of landedTables) {
  test(`the migrations make the columns that landing fills in ${table}`, () => {
    const made = madeColumns(table);
    assert.deepEqual(
      columns.map(({ name }) => name).filter((name) => !made.has(name)),
      [],
      `columns of ${table} that no file of deploy/migrations makes`,
    );
  });
}

test("a list of which each entry has a record lands as a list, so that the entries can be counted", () => {
  for (const { name, onePer } of Object.values(topics)) {
    if (!onePer) continue;
    const table = landedTables.find(({ topic }) => topic === onePer.topic);
    const column = table?.columns.find((one) => one.name === snakeCase(onePer.field));
    assert.match(column?.type ?? "", /\[\]$/, `${name}: ${onePer.topic}.${onePer.field}`);
    assert.ok(
      table?.columns.some((one) => one.name === "id"),
      `${onePer.topic} lands without an id`,
    );
    const entries = landedTables.find(({ topic }) => topic === name);
    assert.ok(
      entries?.columns.some((one) => one.name === snakeCase(onePer.by)),
      `${name}: ${onePer.by}`,
    );
  }
});
