/** Whatever a page names of the code is there: commands, variables, codes, metrics, topics, headers, features, stages. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { allFeatures } from "../../operators/features/all-features.js";
import { featureSetNames } from "../../operators/features/feature-sets.js";
import { forecastingMethods } from "../../operators/forecasts/methods/list.js";
import { createProgram } from "../../pipelines/cli/program.js";
import { variables } from "../../pipelines/config.js";
import { metricDefinitions } from "../../pipelines/metrics.js";
import { checks } from "../../pipelines/operations/doctor/index.js";
import { parts } from "../../pipelines/stages/parts.js";
import { stages } from "../../pipelines/stages/index.js";
import { packageRoot } from "../../schemas/files.js";
import { headerMeanings } from "../../schemas/headers.js";
import { rejectCodes } from "../../schemas/reject-codes.js";
import { topicNames, topics } from "../../schemas/topics.js";
import { fault } from "./command-lines.js";
import { blockLines, code, namingPages, readPage, spans, type Page } from "./pages.js";

/** Names in the pages that are none, as `page: name`. */
const unknown = (of: (page: Page) => readonly string[], isKnown: (name: string) => boolean): string[] =>
  namingPages.flatMap((page) =>
    of(page)
      .filter((name) => !isKnown(name))
      .map((name) => `${page.file}: ${name}`),
  );

const matches = (texts: readonly string[], pattern: RegExp): string[] =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]));

const program = createProgram();
const commands = program.commands.map((command) => command.name());
const scripts = Object.keys(
  (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { scripts: object }).scripts,
);

test("every command that a page shows can be typed", () => {
  const lines = (page: Page): string[] => [
    ...matches(code(page), /(?<![\w./-])newstape (?!-)([^`"'()]+)/g),
    // Without the program's name, where an option shows that a command is meant.
    ...spans(page).filter((span) => new RegExp(`^(${commands.join("|")}) .*--`).test(span)),
  ];
  const faults = namingPages.flatMap((page) =>
    lines(page).flatMap((line) => {
      const found = fault(program, line);
      return found === undefined ? [] : [`${page.file}: ${found}`];
    }),
  );
  assert.deepEqual(faults, []);
});

test("every check of the doctor that a page names exists", () => {
  const named = (page: Page): string[] =>
    matches(code(page), /doctor --only ([a-z ]+)/g).flatMap((names) => names.trim().split(" "));
  assert.deepEqual(
    unknown(named, (name) => checks.some((check) => check.name === name)),
    [],
  );
});

test("every npm script that a page names exists, with what it is to run", () => {
  const named = (page: Page): string[] => matches(code(page), /npm run (?:--silent )?([\w:-]+)/g);
  assert.deepEqual(
    unknown(named, (name) => scripts.includes(name)),
    [],
  );
  for (const script of ["bench", "chaos"]) {
    const programs = (page: Page): string[] =>
      matches(code(page), new RegExp(`npm run ${script} -- ([a-z][\\w-]*)`, "g"));
    assert.deepEqual(
      unknown(programs, (name) => existsSync(join(packageRoot, "test", script, `${name}.ts`))),
      [],
    );
  }
});

test("every variable that a page names exists", () => {
  const named = (page: Page): string[] =>
    matches([page.text], /\b((?:NEWSTAPE|KAFKA|SCHEMA_REGISTRY|FINBERT|DATABASE)_[A-Z][A-Z_]*)\b/g);
  assert.deepEqual(
    unknown(named, (name) => Object.hasOwn(variables, name)),
    [],
  );
});

test("every reject code that a page names exists", () => {
  // Other words in capitals are the brokers' error codes, which their page names.
  const pages = (page: Page): string[] =>
    page.file === "pipelines/runtime/kafka/README.md"
      ? []
      : spans(page).filter((span) => /^[A-Z]{3,}_[A-Z_]+$/.test(span));
  assert.deepEqual(
    unknown(pages, (name) => Object.hasOwn(rejectCodes, name) || Object.hasOwn(variables, name)),
    [],
  );
});

test("every metric that a page or an alert names exists", () => {
  const names = metricDefinitions.map(({ name }) => name);
  const isMetric = (name: string): boolean => names.includes(name.replace(/_(bucket|sum|count)$/, ""));
  const named = (page: Page): string[] => matches([page.text], /\b(newstape_\w+_\w+)/g);
  assert.deepEqual(unknown(named, isMetric), []);
  const alerts = readFileSync(join(packageRoot, "deploy", "prometheus", "alerts.yaml"), "utf8");
  assert.deepEqual(
    matches([alerts], /\b(newstape_\w+_\w+)/g).filter((name) => !isMetric(name)),
    [],
  );
});

test("every topic that a page names exists", () => {
  const families = [...new Set(topicNames.filter((name) => name.includes(".")).map((name) => name.split(".")[0]))];
  const file = /\.(avsc|csv|jsonl|json|ts|gz|md)/;
  const named = (page: Page): string[] => [
    ...spans(page).filter((span) => new RegExp(`^(${families.join("|")})\\.[a-z]+$`).test(span) && !file.test(span)),
    ...spans(page).filter((span) => /^[a-z]+\.(state|rejected)$/.test(span)),
  ];
  const all = new Set<string>([
    ...topicNames,
    ...parts.flatMap(({ name, stateSchema, hasRejects }) => [
      ...(stateSchema === undefined ? [] : [`${name}.state`]),
      ...(hasRejects ? [`${name}.rejected`] : []),
    ]),
  ]);
  assert.deepEqual(
    unknown(named, (name) => all.has(name)),
    [],
  );
});

test("every header and user that a page names exists", () => {
  const users = [...parts.map(({ name }) => `newstape-${name}`), "newstape-reader", "newstape-operations"];
  const named = (page: Page): string[] => spans(page).filter((span) => /^newstape-[a-z-]+$/.test(span));
  assert.deepEqual(
    unknown(named, (name) => Object.hasOwn(headerMeanings, name) || users.includes(name)),
    [],
  );
});

test("every feature, set and method that the page of the operators names exists", () => {
  const names = [
    ...allFeatures.map(({ name }) => name),
    ...featureSetNames,
    ...forecastingMethods.map(({ name }) => name),
  ];
  const named = spans(readPage("operators/README.md")).filter((span) => /^[a-z]+(-[a-z0-9]+)+$/.test(span));
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.filter((name) => !names.includes(name)),
    [],
  );
});

test("the picture of the chain has no stage and no topic that does not exist", () => {
  const picture = blockLines(readPage("README.md")).filter((line) => /[►▲▼│]/.test(line));
  const drawn = [...new Set(matches(picture, /\[([a-z]+)\]/g))];
  assert.ok(drawn.length >= 5);
  assert.deepEqual(
    drawn.filter((stage) => !stages.some(({ name }) => name === stage)),
    [],
  );
  const words = matches(
    picture.map((line) => line.replaceAll(/\[[a-z]+\]/g, "")),
    /\b([a-z]+(?:\.[a-z]+)?)\b/g,
  );
  const besides = ["every", "other", "topic", "landing", "or"];
  assert.deepEqual(
    [...new Set(words)].filter((word) => !Object.hasOwn(topics, word) && !besides.includes(word)),
    [],
  );
});

test("every stage writes a topic of the generated table, by its name", () => {
  const [, table = ""] = /<!-- topics -->(.*?)<!-- \/topics -->/s.exec(readPage("README.md").text) ?? [];
  assert.deepEqual(
    stages.map(({ name }) => name).filter((name) => !new RegExp(`\\| [a-z, ]*\\b${name}\\b[a-z, ]* → `).test(table)),
    [],
  );
});
