/**
 * The recipes of pipelines/EXTENDING.md, all of them applied to one copy of the sources and built once: each takes no more files
 * by hand than it may, what it adds works, and what is forgotten is named. Nothing here needs a server.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { check, resolveConfig } from "prettier";
import { featureSets, isPinned } from "../../operators/features/feature-sets.js";
import { packageRoot } from "../../schemas/files.js";
import { newstape, serverless } from "../helpers/cli.js";
import { apply, filesByHand, readRecipes } from "./recipes.js";

const changes = readRecipes(readFileSync(join(packageRoot, "pipelines", "EXTENDING.md"), "utf8"));

/** Most files that a recipe may have one write or change by hand. */
const limits: Readonly<Record<string, number>> = {
  "A command": 2,
  "An indicator": 2,
  "A stage": 5,
  "A stage with a state": 3,
  "A topic that lands": 4,
  "A field of Signal": 4,
  "A forecasting method": 2,
  "A model task": 3,
  "A reject code": 2,
  "A metric": 1,
};

test("each recipe takes no more files by hand than it may", (context) => {
  assert.deepEqual([...new Set(changes.map(({ recipe }) => recipe))], Object.keys(limits));
  for (const [recipe, limit] of Object.entries(limits)) {
    const files = filesByHand(changes.filter((change) => change.recipe === recipe));
    assert.ok(files.length <= limit, `${recipe}: ${files.join(", ")}`);
    context.diagnostic(`${recipe}: ${files.length}`);
  }
  const withState = changes.filter(({ recipe }) => recipe.startsWith("A stage"));
  assert.ok(filesByHand(withState).length <= 6, "a stage with a state: one file more");
  const landed = changes.filter(({ recipe }) => recipe.startsWith("A stage") || recipe === "A topic that lands");
  assert.ok(filesByHand(landed).length <= 9, "where it lands: three more");
});

interface Result {
  readonly code: number | null;
  readonly text: string;
}

const copy = mkdtempSync(join(tmpdir(), "newstape-extended-"));
after(() => rmSync(copy, { recursive: true }));
const inCopy = (...path: string[]): string => join(copy, ...path);
const read = (path: string): string => readFileSync(inCopy(path), "utf8");

function run(...parameters: string[]): Promise<Result> {
  // Tests that are run by a test would report to it, in a form that is not for people.
  const environment = { ...serverless(), NODE_TEST_CONTEXT: undefined };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, { cwd: copy, env: environment });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, text }));
  });
}

/** Both write what they compile, whether or not the types agree. */
const build = (): Promise<Result> => run(inCopy("node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json");
const generate = (): Promise<Result> => run(inCopy("dist", "schemas", "generate.js"));
const writeDocuments = (): Promise<Result> => run(inCopy("dist", "pipelines", "cli", "documentation", "write.js"));

function runTests(files: readonly string[], ...options: string[]): Promise<Result> {
  const compiled = files.map((file) => join("dist", "test", `${file}.test.js`));
  return run("--test", "--test-concurrency=2", "--test-reporter=tap", ...options, ...compiled);
}

/** What its training would make: a model of a task of the same kind, under the new names. */
function putArtefact(): void {
  const [from, to] = [
    inCopy("models/artifacts/move/lgbm-move/1.2.0"),
    inCopy("models/artifacts/volatility/trees/1.0.0"),
  ];
  cpSync(from, to, { recursive: true });
  const card = JSON.parse(readFileSync(join(from, "model.json"), "utf8")) as object;
  const renamed = { ...card, name: "trees", version: "1.0.0", task: "volatility" };
  writeFileSync(join(to, "model.json"), JSON.stringify(renamed));
  cpSync(inCopy("test/fixtures/models/move.json"), inCopy("test/fixtures/models/volatility.json"));
}

test("what the recipes write is formatted", async () => {
  const options = await resolveConfig(join(packageRoot, "package.json"));
  for (const path of new Set(changes.map((change) => change.path))) {
    if (!/\.(ts|avsc|json)$/.test(path)) continue;
    const parser = path.endsWith(".ts") ? "typescript" : "json";
    assert.ok(await check(read(path), { ...options, parser }), `${path} is not formatted as prettier would`);
  }
});

before(async () => {
  for (const name of readdirSync(packageRoot)) {
    // What builds and caches leave; the settings of tools are files.
    if (name.startsWith(".") && !/^\.[\w-]+\.cjs$|^\.prettier/.test(name)) continue;
    if (name === "node_modules") symlinkSync(join(packageRoot, name), inCopy(name));
    // With their times, and so with what the compiler knows of them: it compiles what changed.
    else cpSync(join(packageRoot, name), inCopy(name), { recursive: true, preserveTimestamps: true });
  }
  for (const change of changes) apply(change, copy);
  putArtefact();
  for (const step of [generate, build, writeDocuments]) {
    const { code, text } = await step();
    assert.equal(code, 0, text);
  }
});

test("the tests of the recipes, and those that go by the lists, pass", async () => {
  const own = changes.flatMap(({ path }) => /^test\/(.*)\.test\.ts$/.exec(path)?.[1] ?? []);
  const { code, text } = await runTests([...new Set([...own, ...guards, ...others])]);
  assert.equal(code, 0, failures(text));
});

test("what is added looks at nothing that comes later", async () => {
  const only = "--test-name-pattern=the stages' own chain";
  const { code, text } = await runTests(["pipelines/operations/leakcheck/leakcheck"], only);
  assert.equal(code, 0, failures(text));
  assert.match(text, /^ok \d+ - the stages' own chain/m);
});

test("the command runs and completes, and the documents have what was added", async () => {
  const main = inCopy("dist", "pipelines", "cli", "main.js");
  const { stdout } = await newstape(serverless(), ["completion", "bash"], "", main);
  for (const word of ["next-close", "risk", "risks"]) assert.match(stdout, new RegExp(`\\b${word}\\b`));
  const documents = pages.map(read).join("\n");
  for (const row of [
    "| `next-close [time]` | When the exchange closes next",
    "| `efficiency-ratio-10` | \\|close − close 10 before\\|",
    "| `risks` | symbol | value at risk to the target time | risk → users |",
    "| `forecasts` | symbol | return quantiles and volatility, per method and combined | forecasts → risk |",
    "| `drift` | a normal log return with the mean",
    "har`, `quantiles`, `drift`: quantile by quantile",
    "| `NO_COMBINED_VIEW` |",
    "| `newstape_risks_total` | counter | `interval` |",
  ])
    assert.ok(documents.includes(row), row);
  const rights = read("deploy/kafka/acls.json");
  for (const name of ["risk", "risks", "risk.state", "risk.rejected"]) assert.ok(rights.includes(`"${name}"`), name);
});

/** Pages of the sources, this one left out: which of them has which table is not this test's to know. */
const pages = ["", "operators", "pipelines", "schemas", "deploy", "models"]
  .flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: folder !== "", encoding: "utf8" }).map((file) =>
      join(folder, file),
    ),
  )
  .filter((file) => file.endsWith(".md") && !file.endsWith("EXTENDING.md"));

test("no set that is served has changed, and the task is routed and scored", async () => {
  const said = await run(
    "--input-type=module",
    "--eval",
    `
    import { featureSets, aliasesOf } from "./dist/operators/features/feature-sets.js";
    import { targets } from "./dist/operators/scores/scores.js";
    import { noRouters } from "./dist/models/runtime/routers.js";
    import { stages } from "./dist/pipelines/stages/index.js";
    const sets = featureSets.map((set) => [set.name, set.id, aliasesOf(set), set.names.includes("efficiency-ratio-10")]);
    const scores = stages.find(({ name }) => name === "scores");
    console.log(JSON.stringify({ sets, targets, routed: Object.keys(noRouters), models: scores.models }));`,
  );
  assert.equal(said.code, 0, said.text);
  const { sets, targets, routed, models } = JSON.parse(said.text) as {
    sets: [string, string, string[], boolean][];
    targets: string[];
    routed: string[];
    models: string[];
  };
  for (const { name, id } of featureSets.filter(isPinned)) {
    const same = sets.find(([known]) => known === name);
    assert.deepEqual([same?.[1], same?.[3]], [id, false], name);
  }
  assert.ok(sets.some(([name, , , isIn]) => name === "all" && isIn));
  assert.ok(sets.some(([name, , aliases]) => name === "full-1" && aliases.includes("full")));
  for (const list of [targets, routed, models]) assert.ok(list.includes("volatility"));
});

test("the other methods say what they said, and combined is the mean of all", async () => {
  const program = (lists: string): string => `
    import { forecastsOf, mixedEvents } from "./dist/test/operators/forecasts/events.js";
    import { MemoryState } from "./dist/test/helpers/memory-state.js";
    import { services } from "./dist/test/helpers/records.js";
    import { forecasts } from "./dist/operators/forecasts/operator.js";
    const made = forecastsOf(forecasts.process(mixedEvents(), new MemoryState(), services));
    console.log(JSON.stringify(made.map(({ methods }) => ${lists})));`;
  const evaluate = async (directory: string): Promise<Record<string, number>[]> => {
    const text = program("Object.fromEntries(methods.map(({ method, volatility }) => [method, volatility]))");
    const { code, text: out } = await run(
      "--input-type=module",
      "--eval",
      text.replaceAll('"./dist', `"${directory}/dist`),
    );
    assert.equal(code, 0, out);
    return JSON.parse(out) as Record<string, number>[];
  };
  const [former, extended] = await Promise.all([evaluate(packageRoot), evaluate(copy)]);
  assert.equal(extended.length, former.length);
  const withDrift = extended.filter(({ drift }) => drift !== undefined);
  assert.ok(withDrift.length > 50);
  for (const [index, { combined, drift, ...methods }] of extended.entries()) {
    assert.deepEqual({ ...methods, combined: 0 }, { ...former[index], combined: 0 });
    const counted = [...Object.values(methods), ...(drift === undefined ? [] : [drift])];
    const mean = counted.reduce((sum, value) => sum + value, 0) / counted.length;
    assert.ok(Math.abs((combined ?? NaN) - mean) <= 1e-15);
  }
});

/** Tests that name what a recipe's reader has forgotten. */
const guards = [
  ...readdirSync(join(packageRoot, "test", "docs"))
    .filter((file) => file.endsWith(".test.ts") && file !== "extending.test.ts")
    .map((file) => `docs/${file.replace(".test.ts", "")}`),
  "models/tasks",
  "operators/features/indicators/oracle",
  "operators/forecasts/method-list",
  "operators/hostile",
  "pipelines/cli/commands",
  "pipelines/landing/tables",
  "pipelines/metrics",
  "pipelines/stages/parts",
];
/** Others that go by the lists, and must not have to be changed with them. */
const others = [
  "operators/features/catalogue",
  "operators/features/feature-sets",
  "operators/features/full-set",
  "operators/forecasts/operator",
  "operators/signals/signal",
  "pipelines/cli/completion",
  "pipelines/offline/run",
  "pipelines/operations/reset",
  "pipelines/operations/topics/access",
  "pipelines/operations/topology",
  "pipelines/runtime/definition",
  "schemas/compatibility",
  "schemas/headers",
  "schemas/reject-codes",
];

/** Puts something else in the place of a text of the copy, which is there. */
function replace(path: string, from: string, to = ""): void {
  const text = read(path);
  assert.ok(text.includes(from), `${path} has ${from}`);
  writeFileSync(
    inCopy(path),
    text.replace(from, () => to),
  );
}

/** The lines that an edit of the page adds in its part of the number. */
function addedTo(path: string, part: number): string {
  const text = changes.find((change) => change.path === path)?.text.split("\n@@\n")[part] ?? "";
  return [...text.matchAll(/^\+(.*)$/gm)].map(([, line]) => `${line}\n`).join("");
}

interface Omission {
  readonly recipe: string;
  readonly forget: () => void;
  /** What the compiler, or one of the guards, says then. */
  readonly says: RegExp;
}

const omissions: readonly Omission[] = [
  {
    recipe: "A command",
    forget: () => replace("pipelines/cli/program.ts", ", nextCloseCommand]", "]"),
    says: /nextCloseCommand is in no list: add it to the groups in pipelines\/cli\/program\.ts/,
  },
  {
    recipe: "An indicator",
    forget: () => replace("operators/features/indicators/bar-features.ts", "  efficiencyRatioFeature,\n"),
    says: /efficiency-ratio\.js: not in the lists of operators\/features\/indicators\/bar-features\.ts/,
  },
  {
    recipe: "A stage",
    forget: () => replace("test/operators/hostile.test.ts", "  risk: {", "  another: {"),
    says: /a stage is added to `cases` of this file/,
  },
  {
    recipe: "A stage with a state",
    forget: () => replace("test/operators/risk/contract.test.ts", '  stateSchema: "risk.state.avsc",\n'),
    says: /an operator that writes state needs a stateSchema/,
  },
  {
    recipe: "A topic that lands",
    forget: () => replace("pipelines/landing/writers.ts", "  risks: toLedger(risksTable),\n"),
    says: /pipelines\/landing\/writers\.ts.*Property 'risks' is missing/,
  },
  {
    recipe: "A topic that lands",
    forget: () => replace("deploy/migrations/801_risks.sql", "  value_at_risk double precision NOT NULL,\n"),
    says: /columns of risks that no file of deploy\/migrations makes/,
  },
  {
    recipe: "A field of Signal",
    forget: () => replace("operators/signals/signal.ts", "    expectedReturn: ", "    // "),
    says: /operators\/signals\/signal\.ts.*Property 'expectedReturn' is missing/,
  },
  {
    recipe: "A field of Signal",
    forget: () => replace("pipelines/landing/tables/signals.ts", '"expectedReturn", '),
    says: /fields of schemas\/signals\.avsc that pipelines\/landing\/tables\/signals\.ts leaves out/,
  },
  {
    recipe: "A forecasting method",
    forget: () => replace("operators/forecasts/methods/list.ts", ", drift]", "]"),
    says: /not in operators\/forecasts\/methods\/list\.ts/,
  },
  {
    recipe: "A model task",
    forget: () => rmSync(inCopy("models", "artifacts", "volatility"), { recursive: true }),
    says: /no model serves volatility: train one into models\/artifacts\/volatility/,
  },
  {
    recipe: "A reject code",
    forget: () => replace("test/schemas/reject-codes.test.ts", addedTo("test/schemas/reject-codes.test.ts", 1)),
    says: /test\/schemas\/reject-codes\.test\.ts.*Property 'NO_COMBINED_VIEW' is missing/,
  },
  {
    recipe: "A reject code",
    forget: () => {
      for (const page of pages) cpSync(join(packageRoot, page), inCopy(page));
    },
    says: /run `npm run docs`/,
  },
  {
    recipe: "A metric",
    forget: () => replace("pipelines/stages/risk.ts", "  metrics: [risksTotal],\n"),
    says: /counted, and declared by nobody: name it among the `metrics` of the stage's declaration/,
  },
];

test("a step that is left out is named, by the compiler or by a test", async () => {
  assert.deepEqual([...new Set(omissions.map(({ recipe }) => recipe))], Object.keys(limits));
  for (const { forget } of omissions) forget();
  const compiled = await build();
  const tested = await runTests([...guards, "operators/risk/contract"]);
  assert.notEqual(compiled.code, 0);
  assert.notEqual(tested.code, 0);
  const said = compiled.text + failures(tested.text);
  for (const { recipe, says } of omissions) assert.match(said, says, recipe);
});

/** The messages of what failed. */
const failures = (tap: string): string =>
  [...tap.matchAll(/^ *not ok [\s\S]*?^ *\.\.\.$/gm)].map(([text]) => text).join("\n") || tap;
