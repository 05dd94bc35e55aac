/** What a stage that measures is shown of its inputs, beside what is written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findCalendar } from "../../../operators/calendar/calendars.js";
import { market } from "../../../operators/market/market.js";
import { scoresOperator } from "../../../operators/scores/scores.js";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import { RecordCodec } from "../../../pipelines/runtime/codec.js";
import { partitionOf } from "../../../pipelines/runtime/kafka/partition-of.js";
import { TaskAccounting } from "../../../pipelines/runtime/stage/accounting.js";
import { decodeProgress, noOutcomes } from "../../../pipelines/runtime/stage/progress.js";
import { namesUnder } from "../../../pipelines/runtime/names.js";
import { InputQueue } from "../../../pipelines/runtime/stage/input-queue.js";
import { takeMerged } from "../../../pipelines/runtime/stage/merge.js";
import { processBatch } from "../../../pipelines/runtime/stage/process-batch.js";
import { StateStore } from "../../../pipelines/runtime/stage/state-store.js";
import { marketStage } from "../../../pipelines/stages/market.js";
import { lineageHeaders } from "../../../schemas/headers.js";
import { scoresStage } from "../../../pipelines/stages/scores.js";
import type { Bar, FeatureVector } from "../../../schemas/generated/types.js";
import { MemoryRegistry } from "../../helpers/memory-registry.js";
import { bar, sessionCloses } from "../../helpers/records.js";
import { RecordingScorer, routers, vector } from "../../operators/scores/fakes.js";

test("what is published although the input is refused is an output, and the refused bytes are none", async () => {
  const registry = new MemoryRegistry();
  const input = await RecordCodec.open<Bar>(registry.client, "in", "market.bars.avsc");
  const output = await RecordCodec.open<never>(registry.client, "out", "market.context.avsc");
  const [first = 0, second = 0] = sessionCloses(2);
  const bars = [10, 20].flatMap((close, index) => bar({ symbol: `S${index}`, eventTime: first, close }));
  const next = [
    bar({ symbol: "S0", eventTime: second, close: 11 }),
    bar({ symbol: "S1", eventTime: second, close: 2000 }),
  ];
  const records = [...bars, ...next].map((record, offset) => ({
    ...{ topic: "market.bars", partition: 0, offset, timestamp: 0 },
    ...{ key: record.symbol, value: input.encode(record), headers: {} },
  }));
  const queue = new InputQueue("market.bars", "market.bars", 0, input);
  queue.reset(0, 4, { stopAtEnd: false });
  queue.push({ topic: "market.bars", partition: 0, fetchedOffset: 0, nextOffset: 4, records });
  const state = new StateStore<unknown>();
  state.begin();
  const names = namesUnder("");
  const context = { stage: marketStage, names, operator: market, partitions: 2, services: { calendars: findCalendar } };
  const processed = await processBatch(
    { ...context, codecs: { "market.context": output } },
    state,
    await takeMerged([queue], 4),
  );
  const held = processed.at(-1);
  assert.deepEqual(
    [held?.kind, held?.outputs, held?.records.map(({ topic, partition }) => `${topic}/${partition}`)],
    ["reject", 2, ["market.context/0", "market.context/1", `market.rejected/${partitionOf("S1", 2)}`]],
  );
  assert.equal(held?.records[0]?.headers?.[lineageHeaders.trigger], "market.bars/0/3");
  const accounting = new TaskAccounting(marketStage, names, [{ outcomes: noOutcomes(), outputs: [] }]);
  accounting.enter(processed);
  const [committed] = accounting.offsets([queue], [0]);
  const { outcomes, outputs } = decodeProgress(committed?.metadata);
  assert.deepEqual([outcomes, outputs], [{ emit: 0, absorb: 3, duplicate: 0, reject: 1 }, [2]]);
});

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
