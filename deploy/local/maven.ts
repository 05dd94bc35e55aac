import { spawn } from "node:child_process";
import { StackError } from "./errors.js";

/** Runs Maven on a pom. Its output is shown only when it fails, and then only the errors. */
export function runMaven(maven: string, pom: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(maven, ["-B", "-q", "-U", "-f", pom, ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-20_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) =>
      reject(new StackError("DOWNLOAD_FAILED", `Maven could not be run: ${error.message}`, { cause: error })),
    );
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(failure(output, signal ?? `exit code ${code}`));
    });
  });
}

function failure(output: string, reason: string): StackError {
  const errors = output.split("\n").filter((line) => line.includes("ERROR"));
  const shown = errors.slice(0, 6).join("\n") || output.slice(-1500);
  if (output.includes("No space left on device")) {
    return new StackError("DISK_FULL", `The disk filled up during the download.\n${shown}`);
  }
  return new StackError(
    "DOWNLOAD_FAILED",
    `Maven failed (${reason}). Can it reach its repository, perhaps through a proxy in its settings.xml? Start again to go on.\n${shown}`,
  );
}
