/** A stage that was added to the list is replayed by its declaration; one whose records hold too little is not verified. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import { RecordedModels } from "../../../../pipelines/operations/replay/recorded-models.js";
import { replayTask, type Difference } from "../../../../pipelines/operations/replay/task-replay.js";
import { parseSchema } from "../../../../pipelines/runtime/avro-types.js";
import { openCodecs, schemaText } from "../../../../pipelines/runtime/codec.js";
import type { PipelineConfig } from "../../../../pipelines/config.js";
import { namesUnder } from "../../../../pipelines/runtime/names.js";
import { defineStage } from "../../../../pipelines/runtime/stage/definition.js";
import { toEntry } from "../../../../pipelines/runtime/stage/input-queue.js";
import type { OrderedEntry } from "../../../../pipelines/operations/replay/logged-order.js";
import type { Signal } from "../../../../schemas/generated/types.js";
import { featuresStage } from "../../../../pipelines/stages/features.js";
import { arbitraryOf } from "../../../helpers/arbitrary-record.js";
import { MemoryRegistry } from "../../../helpers/memory-registry.js";
import { addTopic, echoStage, type EchoOptions } from "../../../helpers/toy-stage.js";

const toy = "toy.signals" as "signals";
const type = parseSchema(JSON.parse(schemaText("signals.avsc")) as Parameters<typeof parseSchema>[0]);
const signals = fc
  .sample(arbitraryOf(type) as fc.Arbitrary<Signal>, { numRuns: 6, seed: 1 })
  .map((signal, index): Signal => ({ ...signal, id: `signal-${index}`, symbol: "MMM", asOf: index }));

/** Six signals and the recorded outputs of the stage for each. @param spoiled the place of one that it did not publish */
async function replayed(t: TestContext, options: EchoOptions, spoiled?: number) {
  addTopic(t, toy);
  const names = namesUnder("");
  const codecs = await openCodecs(new MemoryRegistry().client, ["signals", toy], names.topic);
  const config = { partitions: 1, featureSets: [] } as unknown as PipelineConfig;
  const place = (topic: string, offset: number, record: Signal) => ({
    ...{ topic, partition: 0, offset, key: record.symbol, headers: {}, timestamp: 0 },
    value: Buffer.from(codecs.signals.encode(record)),
  });
  const entries = signals.map((signal, offset): OrderedEntry => {
    const echoed = { ...signal, confidence: 1 / (offset + 1), strength: offset === spoiled ? 0.123 : signal.strength };
    const trigger = { topic: "signals", partition: 0, offset };
    const recorded = {
      lineage: { trigger, joined: [], order: undefined },
      records: [{ name: toy, stored: place(names.topic(toy), offset, echoed) }],
    };
    const entry = toEntry("signals", place("signals", offset, signal), signal);
    return { entry, queue: 0, recorded, following: recorded, isOrderLost: false };
  });
  const counts = { identical: 0, different: [] as Difference[], unverified: [] as string[] };
  await replayTask(
    {
      ...{ stage: echoStage(options), config, names, codecs, models: new RecordedModels(config, []) },
      isWanted: () => true,
      onInput: () => undefined,
      onCompared: ({ isIdentical }) => (counts.identical += Number(isIdentical)),
      onDifference: (difference) => counts.different.push(difference),
      onUnverified: (count, reason) => counts.unverified.push(`${count} ${reason}`),
    },
    (async function* () {
      yield* await Promise.resolve(entries);
    })(),
  );
  return counts;
}

test("its records are compared, and one that it does not publish is found", async (t) => {
  assert.deepEqual(await replayed(t, {}), { identical: signals.length, different: [], unverified: [] });
  const { identical, different } = await replayed(t, {}, 3);
  assert.equal(identical, signals.length - 1);
  assert.deepEqual(
    different.map(({ place, fields }) => [place, fields.map(({ path }) => path)]),
    [["toy.signals/0/3", ["strength"]]],
  );
});

test("a stage whose records do not name their models is not verified in silence", async (t) => {
  const { identical, unverified } = await replayed(t, { models: ["direction"] });
  assert.equal(identical, 0);
  assert.equal(unverified.length, signals.length);
  assert.match(unverified[0] ?? "", /^1 the stage uses models, and its records do not name them to a replay/);
});

test("a stage that is made from the settings must declare how a replay knows which", () => {
  const { recordedSettings, ...rest } = featuresStage;
  assert.ok(recordedSettings);
  assert.throws(() => defineStage(rest as typeof featuresStage), /the stage features is made from the settings/);
});
