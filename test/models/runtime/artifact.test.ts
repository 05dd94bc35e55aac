import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { checkArtifact } from "../../../models/runtime/artifact.js";
import { ModelCardError, ModelIntegrityError } from "../../../models/runtime/errors.js";
import { loadVectorScorer } from "../../../models/runtime/vector-scorer.js";

const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");
const content = "not really a model";

const card = {
  name: "lgbm-direction",
  version: "1.0.0",
  task: "direction",
  sha256: sha256(content),
  files: { "model.onnx": sha256(content) } as Record<string, string>,
  featureSet: "f1",
  featureNames: ["rsi"],
  levels: [] as number[],
  sentimentModel: null,
};

/** A directory with an artefact in `artefact/`, removed after the test. */
async function artefact(t: TestContext, changes: object = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "newstape-artefact-"));
  t.after(() => rm(root, { recursive: true }));
  const directory = join(root, "artefact");
  await mkdir(directory);
  await writeFile(join(root, "outside.onnx"), content);
  await writeFile(join(directory, "model.onnx"), content);
  await writeFile(join(directory, "model.json"), JSON.stringify({ ...card, ...changes }));
  return directory;
}

const withFile = (path: string) => ({ modelFile: path, files: { [path]: sha256(content) } });

test("an artefact that matches its card is accepted", async (t) => {
  const checked = await checkArtifact(await artefact(t), ["direction"]);
  assert.equal(checked.featureSet, "f1");
});

test("a changed file is refused with its path, the expected and the actual hash", async (t) => {
  const directory = await artefact(t);
  await writeFile(join(directory, "model.onnx"), "tampered");
  await assert.rejects(checkArtifact(directory, ["direction"]), (error) => {
    assert.ok(error instanceof ModelIntegrityError);
    assert.deepEqual([error.path, error.expected, error.actual], ["model.onnx", sha256(content), sha256("tampered")]);
    return true;
  });
});

test("a file changed together with its card does not pass for what the registry names", async (t) => {
  const directory = await artefact(t);
  await assert.rejects(checkArtifact(directory, ["direction"], { sha256: sha256("registered") }), ModelIntegrityError);
});

for (const path of ["../outside.onnx", "sub/../../outside.onnx", "/etc/hostname", "", "."]) {
  test(`the path "${path}" is refused`, async (t) => {
    await assert.rejects(checkArtifact(await artefact(t, withFile(path)), ["direction"]), ModelIntegrityError);
  });
}

test("links that lead out are refused, to files and through directories", async (t) => {
  const directory = await artefact(t, withFile("link.onnx"));
  await symlink(join(directory, "..", "outside.onnx"), join(directory, "link.onnx"));
  await assert.rejects(checkArtifact(directory, ["direction"]), /link that leads out/);

  const through = await artefact(t, withFile("folder/outside.onnx"));
  await symlink(join(through, ".."), join(through, "folder"));
  await assert.rejects(checkArtifact(through, ["direction"]), /link that leads out/);
});

test("a directory or a missing file in place of a file is refused", async (t) => {
  const directory = await artefact(t, withFile("folder"));
  await mkdir(join(directory, "folder"));
  await assert.rejects(checkArtifact(directory, ["direction"]), ModelIntegrityError);
  await assert.rejects(checkArtifact(await artefact(t, withFile("missing.onnx")), ["direction"]), ModelIntegrityError);
});

const wrongCards: [string, object][] = [
  ["an unknown task", { task: "volatility" }],
  ["no features", { featureNames: [] }],
  ["a hash that is none", { sha256: "abc" }],
  ["a model file that is not among the files", { modelFile: "other.onnx" }],
  ["levels that do not ascend", { task: "return", levels: [0.5, 0.25] }],
  ["levels for a probability", { levels: [0.5] }],
];
for (const [what, changes] of wrongCards) {
  test(`a card with ${what} is refused`, async (t) => {
    await assert.rejects(checkArtifact(await artefact(t, changes), ["direction", "return"]), ModelCardError);
  });
}

test("a model of another task than asked for is refused", async (t) => {
  await assert.rejects(checkArtifact(await artefact(t), ["sentiment"]), ModelCardError);
});

test("a missing or unreadable card is refused", async (t) => {
  const directory = await artefact(t);
  await writeFile(join(directory, "model.json"), "{");
  await assert.rejects(checkArtifact(directory, ["direction"]), ModelCardError);
  await rm(join(directory, "model.json"));
  await assert.rejects(checkArtifact(directory, ["direction"]), ModelCardError);
});

test("a file with the right hash that is no model fails the load and leaves no thread behind", async (t) => {
  await assert.rejects(loadVectorScorer(await artefact(t)), /protobuf|model/i);
});
