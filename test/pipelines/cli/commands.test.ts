/** A new command is its file and its place in the list of program.ts: what is forgotten fails here. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { createProgram } from "../../../pipelines/cli/program.js";
import { packageRoot } from "../../../schemas/files.js";

const folder = join(packageRoot, "dist", "pipelines", "cli", "commands");
const files = readdirSync(folder).filter((file) => file.endsWith(".js"));

const below = (command: Command): Command[] => [command, ...command.commands.flatMap(below)];
const describedAs = (command: Command): string => `${command.name()}: ${command.description()}`;

for (const file of files) {
  test(`what ${file.replace(/\.js$/, ".ts")} makes is in the command line`, async () => {
    const made = Object.entries((await import(pathToFileURL(join(folder, file)).href)) as object);
    const creators = made.filter(([name]) => name.endsWith("Command")) as [string, () => Command][];
    assert.ok(creators.length > 0, `${file} exports no function …Command`);
    const known = new Set(below(createProgram()).map(describedAs));
    for (const [name, create] of creators) {
      assert.ok(
        known.has(describedAs(create())),
        `${name} is in no list: add it to the groups in pipelines/cli/program.ts`,
      );
    }
  });
}

test("every command has a description", () => {
  for (const command of below(createProgram())) assert.match(command.description(), /[.?]$/, command.name());
});
