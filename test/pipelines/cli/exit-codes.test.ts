/** The help of a command names the exit codes that its source can give, and no other. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { exitCodes, exitCodesOf, leavesOf } from "../../../pipelines/cli/exit-codes.js";
import { createProgram } from "../../../pipelines/cli/program.js";
import { packageRoot } from "../../../schemas/files.js";
import { newstape } from "../../helpers/cli.js";

const sources = join(packageRoot, "pipelines", "cli");
const folder = join(packageRoot, "dist", "pipelines", "cli", "commands");
const files = readdirSync(folder).filter((file) => file.endsWith(".js"));
const describedAs = (command: Command): string => `${command.name()}: ${command.description()}`;

/** Names of codes that a source gives; one that stops at `untilInterrupted` is ended by a second interrupt. */
function givenBy(source: string): Set<string> {
  const named = [...source.matchAll(/\bexitCodes\.(\w+)/g)].map(([, name = ""]) => name);
  const helpers = [
    ["untilInterrupted(", "interrupted"],
    ["exitWithRefusals(", "partly"],
  ] as const;
  return new Set([...named, ...helpers.flatMap(([call, name]) => (source.includes(call) ? [name] : []))]);
}

/** The commands that each file makes, without those that it takes over from another. */
const made = new Map<string, Command[]>();
for (const file of files) {
  const exported = Object.entries((await import(pathToFileURL(join(folder, file)).href)) as object);
  const creators = exported.filter(([name]) => name.endsWith("Command")) as [string, () => Command][];
  made.set(
    file,
    creators.flatMap(([, create]) => {
      const command = create();
      return command.commands.length > 0 ? leavesOf(command).map((leaf) => leaf.command) : [command];
    }),
  );
}
const ownersOf = (command: Command): string[] =>
  [...made].filter(([, list]) => list.some((one) => describedAs(one) === describedAs(command))).map(([file]) => file);

for (const [file, commands] of made) {
  test(`${file.replace(/\.js$/, ".ts")} declares the exit codes that it gives`, () => {
    const source = readFileSync(join(sources, "commands", file.replace(/\.js$/, ".ts")), "utf8");
    const own = commands.filter(
      (command) => Math.min(...ownersOf(command).map((owner) => made.get(owner)?.length ?? 0)) === commands.length,
    );
    const declared = new Set(own.flatMap((command) => exitCodesOf(command).map(({ name }) => name as string)));
    assert.deepEqual([...declared].sort(), [...new Set([...givenBy(source), "done", "failed"])].sort());
  });
}

test("no exit code is a bare number", () => {
  const bare = /process\.exit(?:Code = |\()(?:[^;]*[?:]\s*)?\d/;
  for (const path of readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")))
    assert.doesNotMatch(readFileSync(join(sources, path), "utf8"), bare, path);
});

test("the help ends with the codes and what they tell", async () => {
  for (const { path, command } of leavesOf(createProgram())) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    const codes = exitCodesOf(command);
    assert.ok(codes.length >= 2);
    for (const { name, meaning } of codes)
      assert.ok(help.includes(`  ${String(exitCodes[name]).padEnd(3)}  ${meaning}\n`), `${path}: ${name}`);
  }
  const { stdout, code } = await newstape(process.env, ["doctor", "--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 {4}nothing but warnings/);
});
