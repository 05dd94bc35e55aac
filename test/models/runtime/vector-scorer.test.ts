import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ModelInputError } from "../../../models/runtime/errors.js";
import { loadVectorScorer, type LoadedVectorScorer } from "../../../models/runtime/vector-scorer.js";
import { tasks, tasksOfKind, type TaskOfKind } from "../../../models/tasks.js";
import { bundledModel, treeFixture } from "./artefacts.js";

async function scorer(t: TestContext, task: TaskOfKind<"vector">, workers = 1): Promise<LoadedVectorScorer> {
  const loaded = await loadVectorScorer(bundledModel(task), { workers });
  t.after(() => loaded.close());
  return loaded;
}

for (const task of tasksOfKind("vector")) {
  test(`${task}: the served file gives what its trainer gave, at split thresholds too`, async (t) => {
    const model = await scorer(t, task);
    const { rows, expected, featureSet, sha256 } = treeFixture(task);
    assert.deepEqual([model.featureSet, model.model.sha256], [featureSet, sha256]);
    const values = await model.score(rows);
    values.forEach((row, index) =>
      row.forEach((value, column) => {
        const trained = expected[index]?.[column] ?? NaN;
        assert.ok(Math.abs(value - trained) <= 1e-5, `row ${index}, value ${column}: ${value}, trained ${trained}`);
        if (tasks[task].output === "value") assert.equal(value > 0.5, trained > 0.5);
      }),
    );
  });

  test(`${task}: a row's result is the same bits alone and in a batch of any size, on any number of workers`, async (t) => {
    const [one, three] = await Promise.all([scorer(t, task), scorer(t, task, 3)]);
    const { rows: some } = treeFixture(task);
    // Enough rows to pass the sizes at which the runtime changes its loops, and not a multiple of anything.
    const rows = Array.from({ length: 603 }, (_, index) => some[(index * 7) % some.length] ?? []);
    const alone: (readonly number[])[] = [];
    for (const row of rows) alone.push(...(await one.score([row])));
    for (const size of [2, 3, 5, 8, 17, 31, 50, 64, 127, 200, 256, 300, 603]) {
      const batched: (readonly number[])[] = [];
      for (let start = 0; start < rows.length; start += size)
        batched.push(...(await (size % 2 === 0 ? one : three).score(rows.slice(start, start + size))));
      assert.deepEqual(batched, alone, `batches of ${size}`);
    }
  });
}

test("return: quantiles ascend", async (t) => {
  const model = await scorer(t, "return");
  for (const row of await model.score(treeFixture("return").rows)) {
    assert.deepEqual(
      row,
      [...row].sort((a, b) => a - b),
    );
    assert.equal(row.length, model.levels.length);
  }
});

test("a row of the wrong width or with a number beyond 32 bits is refused, the model stays usable", async (t) => {
  const model = await scorer(t, "move");
  const [row = []] = treeFixture("move").rows;
  await assert.rejects(model.score([row.slice(1)]), ModelInputError);
  await assert.rejects(model.score([row.map(() => 1e300)]), ModelInputError);
  await assert.rejects(model.score([row.map(() => NaN)]), ModelInputError);
  assert.equal((await model.score([row])).length, 1);
  assert.deepEqual(await model.score([]), []);
});
