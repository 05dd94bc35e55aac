import { existsSync } from "node:fs";
import { chmod, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { Failure, packageRoot, runQuietly, timed } from "./shared.mjs";

const folders = ["schemas", "operators", "models", "pipelines", "deploy", "test"];

/**
 * Compiles what changed (about 2 s when nothing did).
 *
 * @param {{ isChecked: boolean }} options whether types must agree; where not, the next compilation that checks does it for all
 */
export async function compile({ isChecked }) {
  await sweep();
  const compiler = join(packageRoot, "node_modules", "typescript", "bin", "tsc");
  await timed("Compiling", async () => {
    const { code, output } = await runQuietly(process.execPath, [
      compiler,
      "-p",
      "tsconfig.json",
      ...(isChecked ? [] : ["--noCheck"]),
    ]);
    if (code !== 0) throw new Failure(output.trim());
  });
  await makeExecutable();
}

/**
 * `npx` links a clone's command once, and makes it executable then: a file that was compiled anew, or a clone in the place of a former one,
 * would be refused.
 */
async function makeExecutable() {
  const { bin } = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8"));
  for (const file of Object.values(bin)) await chmod(join(packageRoot, file), 0o755);
}

/**
 * The incremental compiler looks at sources only. A compiled file whose source is gone would still be run as a test, and one that is
 * missing would not be written again; so the first is removed, and for the second everything is compiled anew.
 */
async function sweep() {
  for (const folder of folders) {
    const compiled = await filesBelow(join("dist", folder));
    for (const file of compiled) {
      const source = file.slice("dist/".length).replace(/\.(d\.ts|js)(\.map)?$/, ".ts");
      if (source.endsWith(".ts") && !existsSync(join(packageRoot, source))) await rm(join(packageRoot, file));
    }
    const sources = (await filesBelow(folder)).filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
    const missing = sources.some((file) => !existsSync(join(packageRoot, "dist", file.replace(/\.ts$/, ".js"))));
    if (missing) await rm(join(packageRoot, "dist", ".tsbuildinfo"), { force: true });
  }
}

/** Relative paths of all files below a folder of the package, hidden folders left out. */
export async function filesBelow(folder) {
  const entries = await readdir(join(packageRoot, folder), { withFileTypes: true }).catch(() => []);
  const nested = entries
    .filter((entry) => !entry.name.startsWith(".") && entry.name !== "node_modules")
    .map((entry) => (entry.isDirectory() ? filesBelow(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]));
  return (await Promise.all(nested)).flat().sort();
}
