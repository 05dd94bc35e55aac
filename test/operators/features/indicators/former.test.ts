import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { computeFeatures } from "../compute.js";
import { packageRoot } from "../../../../schemas/files.js";
import { services } from "../../../helpers/records.js";
import { core, mixedEvents } from "../events.js";

/** Sums are taken in another order than before, and logarithms otherwise. */
const tolerance = 1e-12;

test("the core set's values are those that the first models were trained on", () => {
  // Written by the implementation before the windows were shared (version 0.1.0), for the same events.
  const path = join(packageRoot, "test/fixtures/indicators/former.csv");
  const [header = "", ...lines] = readFileSync(path, "utf8").trim().split("\n");
  assert.deepEqual(header.split(",").slice(2), core.names);
  const vectors = computeFeatures(mixedEvents(90), { ...services, sets: [core] });
  assert.equal(vectors.length, lines.length);
  for (const [index, line] of lines.entries()) {
    const [triggerId = "", sequence = "", ...cells] = line.split(",");
    const vector = vectors[index];
    assert.equal(vector?.triggerId, triggerId);
    assert.equal(vector.sequence, Number(sequence));
    for (const [at, cell] of cells.entries()) {
      const value = vector.values[at] ?? NaN;
      const error = Math.abs(value - Number(cell)) / Math.max(Math.abs(Number(cell)), 1e-3);
      assert.ok(error <= tolerance, `vector ${index}, ${core.names[at]}: ${value}, was ${cell}`);
    }
  }
});
