/** The rule of models/README.md, "Artefacts and history": what a clone has to carry is bounded. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../schemas/files.js";

const bound = 30_000_000;
const large = 5_000_000;

/** Tracked files that git holds for binary, with their sizes. */
function binaries(): { file: string; bytes: number }[] {
  const listed = execFileSync("git", ["ls-files", "--eol", "-z"], { cwd: packageRoot, encoding: "utf8" });
  return listed
    .split("\0")
    .filter((line) => line.startsWith("i/-text"))
    .map((line) => line.slice(line.indexOf("\t") + 1))
    .map((file) => ({ file, bytes: statSync(join(packageRoot, file)).size }));
}

test("the tracked binary files have at most 30 MB together, one of them more than 5 MB", () => {
  const files = binaries();
  assert.ok(files.some(({ file }) => file.endsWith(".onnx")));
  const sum = files.reduce((bytes, file) => bytes + file.bytes, 0);
  assert.ok(sum <= bound, `${sum} bytes: see models/README.md, "Artefacts and history", for what goes where`);
  assert.deepEqual(
    files.filter(({ bytes }) => bytes > large).map(({ file }) => file.replace(/\d+\.\d+\.\d+/, "<version>")),
    ["models/artifacts/sentiment/minilm-l6/<version>/model.onnx"],
  );
});
