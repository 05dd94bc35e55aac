/**
 * What `npm start`, `npm test` and `npm run bench` run: makes a fresh clone ready (dependencies, compiled sources), then does the command.
 * Plain JavaScript with nothing but Node's own modules, because it must work before anything is installed.
 */
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { compile } from "./bootstrap/compile.mjs";
import { installDependencies } from "./bootstrap/install.mjs";
import { Failure, packageRoot } from "./bootstrap/shared.mjs";
import { runBenchmark, runChaos, runTests } from "./bootstrap/with-stack.mjs";

const oldestNode = [20, 12];

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Failure(`Node ${oldestNode.join(".")} or newer is needed; this is ${process.versions.node}.`);
}

/** The command line runs in this very process: signals and exit code need no passing on. */
async function start(parameters) {
  const main = join(packageRoot, "dist", "pipelines", "cli", "main.js");
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, main, "start", ...parameters];
  await import(pathToFileURL(main).href);
}

/** Types of the schemas: what names a type that is yet to be made does not compile before. */
async function generate() {
  await import(pathToFileURL(join(packageRoot, "dist", "schemas", "generate.js")).href);
}

const commands = {
  start,
  test: runTests,
  bench: runBenchmark,
  chaos: runChaos,
  build: async () => undefined,
  generate,
};

async function main() {
  const [name = "", ...parameters] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Failure(`usage: bootstrap.mjs ${Object.keys(commands).join("|")} [arguments]`);
  checkNode();
  await installDependencies();
  await compile({ isChecked: name !== "generate" });
  await command(parameters);
}

main().catch((error) => {
  // A StackError of the compiled code is as plain as our own.
  console.error(error instanceof Failure || error?.name === "StackError" ? error.message : error);
  process.exitCode = 1;
});
