/** The messages of the command line for what is mistyped, in words and as JSON; no server is needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "commander";
import { createProgram } from "../../../pipelines/cli/program.js";
import { newstape } from "../../helpers/cli.js";

const environment = {
  ...process.env,
  KAFKA_BROKERS: "127.0.0.1:1",
  SCHEMA_REGISTRY_URL: "http://127.0.0.1:1",
  DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
};

interface ErrorDocument {
  readonly error: { readonly message: string; readonly hint: string | null };
}

test("every command takes --json and documents what it gives", () => {
  const walk = (command: Command, path: string): void => {
    const json = command.options.find(({ long }) => long === "--json");
    if (command.commands.length === 0) assert.ok(json?.description, path);
    for (const child of command.commands) walk(child, `${path} ${child.name()}`);
  };
  walk(createProgram(), "newstape");
});

const mistyped: readonly { readonly words: readonly string[]; readonly message: RegExp; readonly hint: RegExp }[] = [
  { words: ["ingset"], message: /unknown command 'ingset'/, hint: /ingest/ },
  { words: ["status", "--wacth"], message: /unknown option '--wacth'/, hint: /--watch/ },
  { words: ["run", "featurs"], message: /featurs/, hint: /features/ },
  { words: ["tail", "signal"], message: /signal/, hint: /signals/ },
  { words: ["doctor", "--only", "topic"], message: /There is no check topic/, hint: /topics/ },
  { words: ["completion", "bsh"], message: /There is no completion for bsh/, hint: /bash/ },
  { words: ["features", "compute", "--bars", "x.csv", "--set", "ful"], message: /ful/, hint: /full/ },
];

for (const { words, message, hint } of mistyped) {
  test(`newstape ${words.join(" ")}: the message names what was meant, as JSON too`, async () => {
    const plain = await newstape(environment, words);
    assert.notEqual(plain.code, 0);
    assert.equal(plain.stdout, "");
    assert.match(plain.stderr, message);
    assert.match(plain.stderr, hint);
    assert.doesNotMatch(plain.stderr, /\n\s+at /, "no stack for a mistyped word");

    const json = await newstape(environment, [...words, "--json"]);
    assert.equal(json.code, plain.code);
    assert.equal(json.stderr, "");
    const { error } = JSON.parse(json.stdout) as ErrorDocument;
    assert.match(error.message, message);
    assert.match(`${error.message} ${error.hint}`, hint);
  });
}

test("a server that is away is named, with what to do, as JSON too", async () => {
  const { code, stdout } = await newstape(environment, ["topics", "plan", "--json"]);
  assert.equal(code, 1);
  const { error } = JSON.parse(stdout) as ErrorDocument;
  assert.match(error.message, /127\.0\.0\.1:1|Kafka|registry/i);
  assert.ok(error.hint);
});

test("doctor works while everything is away: one error for each server, the rest not looked at", async () => {
  const { code, stdout } = await newstape(environment, ["doctor", "--json"]);
  assert.equal(code, 1);
  const { severity, checks } = JSON.parse(stdout) as {
    severity: string;
    checks: { check: string; severity: string; findings: { severity: string; summary: string; fix?: string }[] }[];
  };
  assert.equal(severity, "error");
  for (const server of ["kafka", "registry", "database"]) {
    const check = checks.find((candidate) => candidate.check === server);
    assert.equal(check?.severity, "error", server);
    for (const finding of check?.findings ?? []) assert.ok(finding.fix, finding.summary);
  }
  for (const name of ["topics", "schemas", "groups", "tables", "models"])
    assert.equal(checks.find((candidate) => candidate.check === name)?.severity, "unknown", name);
});
