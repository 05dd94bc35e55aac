import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readModelCard } from "../../models/runtime/card.js";
import { noRouters } from "../../models/runtime/routers.js";
import { modelTasks, rulesOf, tasks, tasksOfKind } from "../../models/tasks.js";
import { artifactDirectory, packageRoot } from "../../schemas/files.js";
import { bundledModel } from "./runtime/artefacts.js";

for (const task of modelTasks) {
  test(`${task}: a model of the task ships with the package, and its card agrees with the declaration`, async () => {
    assert.ok(
      existsSync(join(artifactDirectory, task)),
      `no model serves ${task}: train one into models/artifacts/${task}/NAME/VERSION, see models/training/README.md`,
    );
    const card = await readModelCard(bundledModel(task));
    assert.equal(card.task, task);
    const declaration = tasks[task];
    if (declaration.kind === "text") return;
    assert.ok("levels" in card);
    assert.equal(card.levels.length > 0, declaration.output === "quantiles");
  });
}

for (const task of tasksOfKind("vector")) {
  test(`${task}: what its trainer made of rows is kept, for the served file to be compared with`, () => {
    const fixture = join("test", "fixtures", "models", `${task}.json`);
    assert.ok(
      existsSync(join(packageRoot, fixture)),
      `${fixture} is missing: the training of ${task} writes it beside the model`,
    );
  });
}

test("every task has a router, and rules only where it names some", () => {
  assert.deepEqual(Object.keys(noRouters), [...modelTasks]);
  assert.deepEqual(
    modelTasks.map((task) => [noRouters[task].task, noRouters[task].pick("AAPL").model]),
    modelTasks.map((task) => [task, undefined]),
  );
  assert.equal(rulesOf("sentiment"), "vader");
  for (const task of [...tasksOfKind("vector"), "no such task", "toString"]) assert.equal(rulesOf(task), undefined);
});
