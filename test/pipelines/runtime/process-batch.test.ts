/** What a stage that measures is shown of its inputs, beside what is written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { scoresOperator } from "../../../operators/scores/scores.js";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import { RecordCodec } from "../../../pipelines/runtime/codec.js";
import { namesUnder } from "../../../pipelines/runtime/names.js";
import { InputQueue } from "../../../pipelines/runtime/stage/input-queue.js";
import { takeMerged } from "../../../pipelines/runtime/stage/merge.js";
import { processBatch } from "../../../pipelines/runtime/stage/process-batch.js";
import { StateStore } from "../../../pipelines/runtime/stage/state-store.js";
import { scoresStage } from "../../../pipelines/stages/scores.js";
import type { FeatureVector } from "../../../schemas/generated/types.js";
import { MemoryRegistry } from "../../helpers/memory-registry.js";
import { RecordingScorer, routers, vector } from "../../operators/scores/fakes.js";

test("outcomes come with their notes, those without records too; bytes that are no record have none", async () => {
  const registry = new MemoryRegistry();
  const input = await RecordCodec.open<FeatureVector>(registry.client, "in", "features.avsc");
  const output = await RecordCodec.open<never>(registry.client, "out", "scores.avsc");
  const [core = ""] = featureSetsByName(["core-1"]).map(({ id }) => id);
  const values = [input.encode(vector()), input.encode(vector({ featureSet: core })), Buffer.from("no record")];
  const records = values.map((value, offset) => ({
    ...{ topic: "features", partition: 0, offset, timestamp: 0 },
    ...{ key: "AAPL", value, headers: {} },
  }));
  const queue = new InputQueue("features", "features", 0, input);
  queue.reset(0, 3, { stopAtEnd: false });
  queue.push({ topic: "features", partition: 0, fetchedOffset: 0, nextOffset: 3, records });
  const state = new StateStore<unknown>();
  state.begin();
  const processed = await processBatch(
    {
      stage: scoresStage,
      names: namesUnder(""),
      operator: scoresOperator,
      partitions: 1,
      codecs: { scores: output },
      services: routers({ move: new RecordingScorer("move") }),
    },
    state,
    await takeMerged([queue], 3),
  );
  assert.deepEqual(
    processed.map(({ kind, records: written, outcome }) => [kind, written.length, outcome?.kind]),
    [
      ["emit", 1, "emit"],
      ["absorb", 0, "absorb"],
      ["reject", 1, undefined],
    ],
  );
  assert.deepEqual(processed[1]?.outcome, {
    kind: "absorb",
    notes: [{ target: "move", model: "move@1.0.0", takes: "f1" }],
  });
});
