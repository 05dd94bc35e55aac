import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { RegistryCardError } from "../../../models/registry/card.js";
import { registerDefaultModels } from "../../../models/registry/defaults.js";
import { publishOutbox } from "../../../models/registry/outbox.js";
import { ModelConflictError, RegistryStore } from "../../../models/registry/store.js";
import { ModelIntegrityError } from "../../../models/runtime/errors.js";
import { createTestDatabase } from "../../helpers/database.js";

const { database } = await createTestDatabase();
const store = new RegistryStore(database);
const root = mkdtempSync(join(tmpdir(), "newstape-artefacts-"));
after(() => rmSync(root, { recursive: true }));

const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");
function artefact(
  path: string,
  name: string,
  version: string,
  task: string,
  content = `${name}@${version}`,
  fields = {},
): void {
  const directory = join(root, path);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "model.onnx"), content);
  const card = {
    name,
    version,
    task,
    sha256: sha256(content),
    files: { "model.onnx": sha256(content) },
    metrics: {},
    licences: {},
    ...fields,
  };
  writeFileSync(join(directory, "model.json"), JSON.stringify(card));
}

test("artefacts are registered where they lie, and each task gets its first model's newest version as champion", async () => {
  artefact("direction/trees/1.9.0", "trees", "1.9.0", "direction", undefined, { featureSet: "fs-test" });
  artefact("direction/trees/1.10.0", "trees", "1.10.0", "direction", undefined, { featureSet: "fs-test" });
  artefact("sentiment/encoder", "encoder", "1", "sentiment");
  assert.deepEqual((await registerDefaultModels(store, root)).sort(), ["encoder@1", "trees@1.10.0", "trees@1.9.0"]);
  assert.deepEqual(
    (await store.models()).map(({ name, path, featureSet }) => [name, path, featureSet]),
    [
      ["encoder", "sentiment/encoder", null],
      ["trees", "direction/trees/1.10.0", "fs-test"],
      ["trees", "direction/trees/1.9.0", "fs-test"],
    ],
  );
  assert.deepEqual(await store.routes(), [
    { task: "direction", arms: [{ arm: "champion", model: "trees@1.10.0", share: 1 }] },
    { task: "sentiment", arms: [{ arm: "champion", model: "encoder@1", share: 1 }] },
  ]);
});

test("a second start changes nothing", async () => {
  await publishOutbox(database, () => Promise.resolve());
  assert.deepEqual(await registerDefaultModels(store, root), []);
  assert.equal(await publishOutbox(database, () => Promise.resolve()), 0);
});

test("a new artefact does not take over a route that somebody set", async () => {
  await store.setRoute("direction", [{ arm: "champion", model: "trees@1.9.0", share: 1 }]);
  artefact("direction/trees/2.0.0", "trees", "2.0.0", "direction");
  assert.deepEqual(await registerDefaultModels(store, root), ["trees@2.0.0"]);
  assert.equal((await store.routes())[0]?.arms[0]?.model, "trees@1.9.0");
});

test("an artefact that was exchanged under its version is a clear error", async () => {
  artefact("direction/trees/2.0.0", "trees", "2.0.0", "direction", "something else");
  await assert.rejects(
    registerDefaultModels(store, root),
    (error: unknown) => error instanceof ModelConflictError && /trees@2\.0\.0.*new version/.test(error.message),
  );
  rmSync(join(root, "direction/trees/2.0.0"), { recursive: true });
});

test("a model file that does not match its card is not registered", async () => {
  artefact("move/broken", "broken", "1", "move");
  writeFileSync(join(root, "move/broken/model.onnx"), "cut off");
  await assert.rejects(registerDefaultModels(store, root), ModelIntegrityError);
  writeFileSync(join(root, "move/broken/model.json"), "{");
  await assert.rejects(registerDefaultModels(store, root), RegistryCardError);
  assert.deepEqual(
    (await store.models()).filter(({ name }) => name === "broken"),
    [],
  );
});
