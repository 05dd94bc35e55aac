import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { filesBelow } from "./compile.mjs";
import { Failure, packageRoot } from "./shared.mjs";
import { isUnit, needsStack, partsOfRun, selectTests } from "./select-tests.mjs";

const ownDirectory = join(packageRoot, ".newstape");
const dataDirectory = join(ownDirectory, "test");

const compiled = (file) => import(pathToFileURL(join(packageRoot, "dist", "deploy", "local", file)).href);

/** Set by Ctrl-C and the like; whatever runs is ended, and the stack is stopped all the same. */
const interruption = new AbortController();

/** All tests that match, in the parts of `select-tests.mjs`. With `--unit` only those that need no server and build nothing. */
export async function runTests(given) {
  const unitOnly = given.includes("--unit");
  const parameters = given.filter((parameter) => parameter !== "--unit");
  const options = parameters.filter((parameter) => parameter.startsWith("--"));
  const files = selectTests(
    await filesBelow("dist/test"),
    parameters.filter((parameter) => !parameter.startsWith("--")),
  ).filter((file) => !unitOnly || isUnit(file));
  if (files.length === 0) throw new Failure("No test file matches.");
  let code = 0;
  const run = async (parts, environment) => {
    for (const part of parts) {
      if (interruption.signal.aborted) return;
      code = (await runNode([...testFlags(part.sideBySide), ...options, ...part.files], environment)) || code;
    }
  };
  const parts = partsOfRun(files);
  const first = parts.findIndex((part) => part.files.some(needsStack));
  await run(first < 0 ? parts : parts.slice(0, first), {});
  if (first >= 0) await withTestStack((environment) => run(parts.slice(first), environment));
  process.exitCode = interruption.signal.aborted ? 130 : code;
}

const testFlags = (sideBySide) => [
  "--enable-source-maps",
  "--test",
  `--test-concurrency=${sideBySide}`,
  "--test-timeout=480000",
  "--test-reporter=spec",
];

/** One program of test/bench, with a fresh stack. */
export async function runBenchmark([name = "", ...parameters]) {
  const program = `dist/test/bench/${name}.js`;
  if (!existsSync(join(packageRoot, program))) {
    const names = (await filesBelow("dist/test/bench")).flatMap(
      (file) => /bench\/([^/]+)(?<!\.test)\.js$/.exec(file)?.[1] ?? [],
    );
    throw new Failure(`usage: npm run bench -- NAME [arguments], with one of: ${names.join(", ")}`);
  }
  await withTestStack(
    async (environment) =>
      (process.exitCode = await runNode(["--enable-source-maps", program, ...parameters], environment)),
  );
}

/**
 * What is started with the word in place of the attack on the whole pipeline: one long outage of each server, the producers alone, and the
 * commands that write much. The last two, and the attack with `--brokers 3`, bring brokers of their own.
 */
const chaosPrograms = ["outages", "producers", "commands"];

export async function runChaos([first = "", ...others]) {
  const isProgram = chaosPrograms.includes(first);
  const name = isProgram ? first : "chaos";
  const parameters = isProgram ? others : first === "" ? [] : [first, ...others];
  const program = ["--enable-source-maps", `dist/test/chaos/${name}.js`, ...parameters];
  const run = async (environment) => (process.exitCode = await runNode(program, environment));
  if (name === "producers") return run({});
  const ownBrokers = name === "commands" || parameters.some((parameter) => /^--(brokers|kafka)(=|$)/.test(parameter));
  await withTestStack(run, ownBrokers ? { kafkaBrokers: [] } : {});
}

/**
 * Gives the action an empty stack on free ports, and stops it whatever happens. Its logs stay until the next time.
 *
 * @param external servers that are not to be started
 */
async function withTestStack(action, external = {}) {
  const { cleanStack, startStack, stopStack } = await compiled("stack.js");
  const { withLock } = await compiled("lock.js");
  const onProgress = (line) => process.stderr.write(`[stack] ${line}\n`);
  const onWait = (pid) => onProgress(`waiting for process ${pid}, which is using the test stack`);
  await mkdir(ownDirectory, { recursive: true });
  await withLock(join(ownDirectory, "test.lock"), { onWait, timeoutMs: 3_600_000 }, async () => {
    const release = onInterruption(() => interruption.abort());
    try {
      await cleanStack(dataDirectory, onProgress);
      const endpoints = await startStack({
        dataDirectory,
        cacheDirectory: join(ownDirectory, "cache"),
        ports: "any",
        external,
        archivesClasses: true,
        onProgress,
        ...java(),
      });
      if (interruption.signal.aborted) return;
      await action({
        KAFKA_BROKERS: endpoints.kafkaBrokers.join(","),
        SCHEMA_REGISTRY_URL: endpoints.schemaRegistryUrl,
        DATABASE_URL: endpoints.databaseUrl,
        NEWSTAPE_TEST_STACK: dataDirectory,
      });
    } finally {
      await stopStack(dataDirectory, onProgress);
      release();
    }
  });
}

function java() {
  const home = process.env.JAVA_HOME;
  return home ? { java: join(home, "bin", "java") } : {};
}

function onInterruption(listener) {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/**
 * Runs Node in a process group of its own, so that an interruption reaches it once (from us, not from the terminal as well) and nothing
 * that a test started survives it. Resolves to its exit code.
 */
async function runNode(parameters, environment) {
  const child = spawn(process.execPath, parameters, {
    cwd: packageRoot,
    env: { ...process.env, ...environment },
    stdio: "inherit",
    detached: true,
  });
  const exit = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
  const release = onInterruption(() => interruption.abort());
  const endGroup = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // No process is left in the group.
    }
  };
  const onAbort = async () => {
    endGroup("SIGTERM");
    await sleep(3_000);
    endGroup("SIGKILL");
  };
  interruption.signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await exit;
  } finally {
    interruption.signal.removeEventListener("abort", onAbort);
    endGroup("SIGKILL");
    release();
  }
}
