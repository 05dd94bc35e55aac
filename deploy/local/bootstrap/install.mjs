import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { Failure, packageRoot, runQuietly, timed } from "./shared.mjs";

const lockFile = join(packageRoot, "package-lock.json");
const modules = join(packageRoot, "node_modules");
/** Inside node_modules, so that it goes when they go. */
const stampFile = join(modules, ".npm-install-stamp");

/** Runs `npm ci` unless what is installed matches the lock file. */
export async function installDependencies() {
  // Native parts are installed for one platform: a folder carried to another machine counts as not installed.
  const lock = await readFile(lockFile);
  const wanted = `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}\n`;
  if ((await readFile(stampFile, "utf8").catch(() => "")) === wanted) return;
  if (!(await installedByHand())) await timed("Installing dependencies (npm ci)", npmCi);
  await writeFile(stampFile, wanted);
}

/** npm writes its own copy of the lock file at the end, so one that is as new as ours (and no stamp of ours) is a finished installation. */
async function installedByHand() {
  if (existsSync(stampFile) || !existsSync(join(modules, "typescript"))) return false;
  const theirs = await stat(join(modules, ".package-lock.json")).catch(() => undefined);
  return theirs !== undefined && theirs.mtimeMs + 5_000 >= (await stat(lockFile)).mtimeMs;
}

async function npmCi() {
  // Started by npm, that very npm is used; else the one of the PATH.
  const script = process.env.npm_execpath;
  const [command, ...first] = script?.endsWith("npm-cli.js") ? [process.execPath, script] : ["npm"];
  let result;
  try {
    result = await runQuietly(command, [...first, "ci", "--no-audit", "--no-fund"]);
  } catch (error) {
    throw new Failure(`npm could not be run: ${error.message}`);
  }
  if (result.code === 0) return;
  // Its usage text, when it has something against the lock file, would push the reason out.
  const reason = result.output.split(/^npm error Clean install a project$/m)[0].trim();
  const tail = reason.split("\n").slice(-25).join("\n");
  throw new Failure(`npm ci failed (exit code ${result.code}). The end of its output:\n${tail}`);
}
