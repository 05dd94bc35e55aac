import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../schemas/files.js";

const file = (name: string): string => readFileSync(join(packageRoot, name), "utf8");

test("every line of .npmrc is a setting that npm knows: it warns of any other at each call", () => {
  // Run outside of the project, npm lists its own settings alone.
  const text = execFileSync("npm", ["config", "list", "--long", "--json"], { cwd: tmpdir(), encoding: "utf8" });
  const known = JSON.parse(text) as Record<string, unknown>;
  const names = [...file(".npmrc").matchAll(/^([\w-]+)=/gm)].map(([, name]) => name ?? "");
  assert.deepEqual(
    names.filter((name) => !Object.hasOwn(known, name)),
    [],
  );
});

test("no install script runs that is refused: not under a npm that goes by the lock file alone either", () => {
  const { allowScripts } = JSON.parse(file("package.json")) as { allowScripts: Record<string, boolean> };
  const lock = JSON.parse(file("package-lock.json")) as { packages: Record<string, { hasInstallScript?: boolean }> };
  const refused = Object.keys(allowScripts).filter((name) => !allowScripts[name]);
  assert.ok(refused.includes("onnxruntime-node"), "its script downloads libraries for graphics cards");
  for (const [path, { hasInstallScript }] of Object.entries(lock.packages)) {
    const name = path.split("node_modules/").at(-1) ?? "";
    assert.ok(
      !refused.includes(name) || hasInstallScript !== true,
      `${name} has an install script in package-lock.json: take its "hasInstallScript" out (pipelines/README.md, "Decisions")`,
    );
  }
});
