/** What a user of the package gets: packed as npm packs it, unpacked elsewhere, used from there. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { shippedExchanges } from "../../operators/calendar/shipped.js";
import { createProgram } from "../../pipelines/cli/program.js";
import { packageRoot } from "../../schemas/files.js";
import { compilePrograms } from "../helpers/compile-program.js";
import { newstape, serverless } from "../helpers/cli.js";

/** Each file of the package is of one of these kinds. */
const kinds: readonly RegExp[] = [
  /^(LICENSE|README\.md|package\.json)$/,
  /^dist\/(deploy|models|operators|pipelines|schemas)\/.*\.(js|js\.map|d\.ts)$/,
  /^schemas\/[\w.]+\.avsc$/,
  /^models\/artifacts\/(?!imported\/)/,
  /^(schemas|models|operators(\/features|\/forecasts)?|pipelines(\/cli|\/ingest)?)\/README\.md$/,
  /^(pipelines\/(API|EXTENDING)|deploy\/(OPERATIONS|PROMISES))\.md$/,
  /^operators\/sentiment\/finance-lexicon\.txt$/,
  /^operators\/calendar\/data\/X[A-Z]{3}\.json$/,
  /^deploy\/(local\/pom\.xml|kafka\/acls\.json|prometheus\/alerts\.yaml)$/,
  /^deploy\/migrations\/(definitions\/)?\w+(\.\w+)?\.sql$/,
  /^deploy\/examples\/slice\/(README\.md|bars\.csv\.gz|news\.jsonl\.gz)$/,
];

const directory = mkdtempSync(join(tmpdir(), "newstape-package-"));
/** A project that has the package installed. */
const project = join(directory, "project");
const installed = join(project, "node_modules", "newstape");
let files: readonly string[] = [];

before(() => {
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", directory], {
    cwd: packageRoot,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename, files: listed }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  files = listed.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(directory, filename), "-C", installed, "--strip-components=1"]);
  symlinkSync(join(packageRoot, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
});
after(() => rmSync(directory, { recursive: true, force: true }));

const run = (...parameters: string[]) =>
  newstape(serverless(), parameters, "", join(installed, "dist", "pipelines", "cli", "main.js"));

test("the command of a clone is executable, whoever has linked it before", () => {
  assert.doesNotThrow(() => accessSync(join(packageRoot, "dist", "pipelines", "cli", "main.js"), constants.X_OK));
});

test("the package holds what it needs at run time, and nothing of tests or sources", () => {
  const others = files.filter((file) => !kinds.some((kind) => kind.test(file)));
  assert.deepEqual(others, [], "neither code nor data of the package: see `files` in package.json");
  const building = files.filter((file) => file.startsWith("dist/pipelines/cli/documentation/"));
  assert.deepEqual(building, [], "needs the compiler, which a user of the package has not");
  const testing = files.filter((file) => /(^|\/)tests?(\/|$)|\.test\./.test(file));
  assert.deepEqual(testing, []);
});

test("every file that the code reads from its own package is there", () => {
  const needed = ["schemas", "deploy/migrations", "models/artifacts"].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name).slice(packageRoot.length + 1))
      .filter((file) => !/\.md$|^schemas\/released\/|^models\/artifacts\/imported\//.test(file)),
  );
  const missing = [
    ...needed,
    "deploy/local/pom.xml",
    "operators/sentiment/finance-lexicon.txt",
    ...shippedExchanges.map((name) => `operators/calendar/data/${name}.json`),
    "deploy/examples/slice/bars.csv.gz",
    "deploy/examples/slice/news.jsonl.gz",
  ].filter((file) => !files.includes(file));
  assert.deepEqual(missing, []);
});

test("newstape --help names every command from the unpacked package", async () => {
  const { code, stdout, stderr } = await run("--help");
  assert.equal(code, 0, stderr);
  for (const command of createProgram().commands) assert.match(stdout, new RegExp(`^  ${command.name()}\\b`, "m"));
});

test("newstape leakcheck reads the bundled slice of the unpacked package", async () => {
  const symbols = join(directory, "symbols");
  writeFileSync(symbols, "ABB\n");
  const { code, stdout, stderr } = await run("leakcheck", "--symbols", symbols, "--cuts", "1");
  // Nothing leaks, and what the list leaves out is said.
  assert.equal(code, 3, stderr);
  assert.match(stdout, /nothing leaks: [\d,]{3,} comparisons/);
});

test("a program imports the library from the unpacked package, with its types", () => {
  writeFileSync(
    join(project, "program.ts"),
    `import { stages, topics, type Signal } from "newstape";
export const strengthOf = (signal: Signal): number => signal.strength;
// @ts-expect-error: a type that could not be found would be any, and allow it
export const noNumber = (signal: Signal): number => signal.symbol;
console.log(JSON.stringify({ stages: stages.map(({ name }) => name), topics: Object.keys(topics) }));
`,
  );
  compilePrograms(project, ["program.ts"]);
  assert.ok(existsSync(join(project, "program.js")));
  const printed = execFileSync(process.execPath, [join(project, "program.js")], { cwd: project, encoding: "utf8" });
  const listed = JSON.parse(printed) as { stages: string[]; topics: string[] };
  assert.ok(listed.stages.includes("sentiment") && listed.topics.includes("signals"), printed);
});
