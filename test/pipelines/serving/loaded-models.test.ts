import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServedModel } from "../../../models/runtime/load-model.js";
import { LoadedModels } from "../../../pipelines/serving/loaded-models.js";
import type { ModelVersion } from "../../../schemas/generated/types.js";

const version = (name: string, sha256: string): ModelVersion => ({
  name,
  version: "1",
  task: "move",
  path: name,
  sha256,
  featureSet: null,
  active: true,
  card: "{}",
});

/** Models that record when they are closed. */
function models() {
  const closed: string[] = [];
  const waiting: (() => void)[] = [];
  const load = ({ name, sha256 }: ModelVersion): Promise<ServedModel> => {
    if (sha256 === "broken") return Promise.reject(new Error("the artefact is broken"));
    const close = (): Promise<void> => {
      closed.push(`${name} ${sha256}`);
      for (const resolve of waiting.splice(0)) resolve();
      return Promise.resolve();
    };
    return Promise.resolve({ model: { name, version: "1", sha256 }, close } as unknown as ServedModel);
  };
  const next = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  return { loaded: new LoadedModels(load, { info: () => undefined }, 0), closed, next };
}

test("what is wanted is loaded once, another file of it takes its place, and what is not wanted goes", async (t) => {
  // The timers that close models keep no process alive.
  const alive = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(alive));
  const { loaded, closed, next } = models();
  await loaded.follow([version("one", "a"), version("two", "b")]);
  const first = loaded.get("one@1");
  await loaded.follow([version("one", "a"), version("two", "b")]);
  assert.equal(loaded.get("one@1"), first);

  let closing = next();
  await loaded.follow([version("one", "c"), version("two", "b")]);
  assert.equal(loaded.get("one@1")?.model.sha256, "c");
  await closing;
  closing = next();
  await loaded.follow([version("one", "c")]);
  assert.equal(loaded.get("two@1"), undefined);
  await closing;
  assert.deepEqual(closed, ["one a", "two b"]);
  await loaded.close();
  assert.deepEqual(closed, ["one a", "two b", "one c"]);
});

test("one that cannot be loaded leaves the one before in place", async () => {
  const { loaded, closed } = models();
  await loaded.follow([version("one", "a")]);
  await assert.rejects(loaded.follow([version("one", "broken")]), /the artefact is broken/);
  assert.equal(loaded.get("one@1")?.model.sha256, "a");
  assert.deepEqual(closed, []);
});
