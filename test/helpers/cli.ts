import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = join(fileURLToPath(new URL("./", import.meta.url)), "..", "..", "pipelines", "cli", "main.js");

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without the addresses of the test stack: what needs no server does without. */
export function serverless(): NodeJS.ProcessEnv {
  const servers = ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "DATABASE_URL", "NEWSTAPE_TEST_STACK"];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !servers.includes(name)));
}

/** Runs the command line as a user would. @param program of another build */
export function newstape(
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
  input = "",
  program = main,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { env: environment });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

export interface StartedCommand {
  /** Its exit code; null when a signal has ended it. */
  readonly exited: Promise<number | null>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** What it has written to standard error by now. */
  readonly output: () => string;
}

/** Starts the command line, to be interrupted. */
export function startNewstape(environment: NodeJS.ProcessEnv, args: readonly string[]): StartedCommand {
  const child = spawn(process.execPath, [main, ...args], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exited, signal: (name) => void child.kill(name), output: () => stderr };
}
