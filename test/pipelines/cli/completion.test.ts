/** The completion scripts as the shells run them: bash always, zsh and fish at least as far as they are installed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { completionScript } from "../../../pipelines/cli/completion/completion.js";
import { createProgram } from "../../../pipelines/cli/program.js";
import { stages } from "../../../pipelines/stages/index.js";
import { topicNames } from "../../../schemas/topics.js";

const program = createProgram();

/** What bash offers after these words; the last one is being typed. */
function completed(...words: string[]): string[] {
  const list = ["newstape", ...words];
  const quoted = list.map((word) => `'${word}'`).join(" ");
  const script = `${completionScript(program, "bash")}
COMP_WORDS=(${quoted}); COMP_CWORD=${list.length - 1}; COMPREPLY=()
_newstape; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  return stdout.split("\n").filter(Boolean);
}

test("bash completes commands, their commands, and what has begun", () => {
  assert.deepEqual(completed("").sort(), program.commands.map((command) => command.name()).sort());
  assert.deepEqual(completed("top"), ["topics"]);
  assert.deepEqual(completed("topics", "").sort(), ["apply", "plan", "repartition"]);
  assert.deepEqual(completed("ingest", "ne"), ["news"]);
});

test("bash completes stages and topics where a command takes them", () => {
  const names = stages.map(({ name }) => name);
  for (const name of names) assert.ok(completed("run", "").includes(name), name);
  assert.ok(completed("run", "features", "").includes("scores"), "a stage after a stage");
  const tailed = completed("tail", "");
  for (const name of topicNames) assert.ok(tailed.includes(name), name);
  assert.deepEqual(completed("completion", "").sort(), ["bash", "fish", "zsh"]);
});

test("bash completes options, and knows which of them take a value", () => {
  const options = completed("status", "--");
  assert.ok(options.includes("--watch") && options.includes("--json"), options.join(" "));
  const sets = ["all", "core", "core-1", "full", "full-1", "robust", "robust-1"];
  assert.deepEqual(completed("features", "compute", "--set", "").sort(), sets);
  // The value of an option is not an argument: what follows completes the first argument still.
  assert.ok(completed("tail", "--key", "AAPL", "sig").includes("signals"));
});

test("zsh and fish accept their scripts, and these name every command", () => {
  for (const [shell, check] of [
    ["zsh", ["-n"]],
    ["fish", ["--no-execute"]],
  ] as const) {
    const script = completionScript(program, shell);
    for (const command of program.commands) assert.ok(script.includes(command.name()), `${shell}: ${command.name()}`);
    const { error, status, stderr } = spawnSync(shell, [...check], { input: script, encoding: "utf8" });
    if (!error) assert.equal(status, 0, `${shell}: ${stderr}`);
  }
});
