import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes } from "../../../../pipelines/operations/replay/changes.js";
import type { Comparison } from "../../../../pipelines/operations/replay/task-replay.js";

const compared = (name: string, recorded: unknown, recomputed: unknown, isIdentical = false): Comparison =>
  ({ name, recorded, recomputed, isIdentical }) as Comparison;

test("what another model would have given: how many numbers differ, and by how much on average", () => {
  const changes = new Changes();
  changes.add(compared("signals", { strength: 0.5 }, { strength: 0.1 }));
  changes.add(compared("signals", { strength: 0.2 }, { strength: 0.2 }, true));
  changes.add(compared("signals", { strength: 0.2 }, undefined));
  changes.add(
    compared(
      "scores",
      { targets: [{ target: "move", values: [0.4] }] },
      {
        targets: [
          { target: "direction", values: [0.9] },
          { target: "move", values: [0.6] },
        ],
      },
    ),
  );
  changes.add(compared("features", { values: [1] }, { values: [2] }));
  const rows = changes.rows().map(({ meanAbsoluteDifference: mean, ...row }) => ({ ...row, mean: mean.toFixed(6) }));
  assert.deepEqual(rows, [
    { what: "signal strength", records: 2, changed: 1, mean: "0.200000" },
    { what: "score of move", records: 1, changed: 1, mean: "0.200000" },
  ]);
});
