import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { StackError, systemErrorCode } from "./errors.js";

const run = promisify(execFile);
const oldestJava = 17;

/** Checks that this `java` exists and is new enough for Kafka and the registry. */
export async function checkJava(java: string): Promise<void> {
  const install =
    "Install a Java runtime (Debian/Ubuntu: apt install openjdk-17-jre-headless; macOS: brew install openjdk@17)";
  const version = await versionOutput(java, "-version").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") {
      throw new StackError(
        "JAVA_MISSING",
        `Java ${oldestJava} or newer is needed to run Kafka and the schema registry, and '${java}' was not found. ${install}, or point to your own Kafka, registry and database.`,
      );
    }
    throw new StackError("JAVA_MISSING", `'${java} -version' failed. ${install}.`, { cause: error });
  });
  const major = javaMajor(version);
  if (major !== undefined && major >= oldestJava) return;
  throw new StackError(
    "JAVA_TOO_OLD",
    `Java ${oldestJava} or newer is needed, but '${java}' is ${major === undefined ? "of an unknown version" : `version ${major}`}. ${install}.`,
  );
}

/** `openjdk version "17.0.15"` → 17; the old scheme `"1.8.0_402"` → 8. */
export function javaMajor(versionOutput: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(versionOutput);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

const versions = new Map<string, Promise<string>>();

/** All that this `java` says about its version, which its build is part of; asked once by each process. */
export function javaVersion(java: string): Promise<string> {
  const known = versions.get(java) ?? versionOutput(java, "-version");
  versions.set(java, known);
  return known;
}

/** Checks that Maven is there; it is needed for the first download only. */
export async function checkMaven(maven: string): Promise<void> {
  await versionOutput(maven, "-version").catch((error: unknown) => {
    const reason = systemErrorCode(error) === "ENOENT" ? "was not found" : "does not run";
    throw new StackError(
      "MAVEN_MISSING",
      `Maven is needed once, to download Kafka and the schema registry, and '${maven}' ${reason}. Install it (Debian/Ubuntu: apt install maven; macOS: brew install maven).`,
      { cause: error },
    );
  });
}

async function versionOutput(command: string, argument: string): Promise<string> {
  const { stdout, stderr } = await run(command, [argument], { timeout: 30_000 });
  return stdout + stderr;
}
