import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

// Not import.meta.dirname: a Node that is too old does not have it, and must still get as far as the error message.
export const packageRoot = fileURLToPath(new URL("../../../", import.meta.url));

/** Something that the user can do something about; shown without a stack trace. */
export class Failure extends Error {}

/** Runs a command quietly. Resolves to its exit code and everything that it wrote. */
export function runQuietly(command, parameters) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      cwd: packageRoot,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Prints what is going on, and how long it took. */
export async function timed(what, action) {
  const began = performance.now();
  process.stderr.write(`${what} … `);
  try {
    const result = await action();
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stderr.write("failed\n");
    throw error;
  }
}
