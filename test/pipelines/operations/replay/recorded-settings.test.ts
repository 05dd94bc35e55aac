import assert from "node:assert/strict";
import { test } from "node:test";
import { featureSetsByName } from "../../../../operators/features/feature-sets.js";
import { featuresStage, type FeatureSettings } from "../../../../pipelines/stages/features.js";
import type { OrderedEntry } from "../../../../pipelines/operations/replay/logged-order.js";
import type { RecordedEmission } from "../../../../pipelines/operations/replay/recorded-outputs.js";
import { RecordedSettings } from "../../../../pipelines/operations/replay/recorded-settings.js";
import type { FeatureVector } from "../../../../schemas/generated/types.js";

const [core, full] = featureSetsByName(["core", "full"]).map(({ id }) => id) as [string, string];
type Decode = ConstructorParameters<typeof RecordedSettings>[2];

/** An output with vectors of these sets. */
const emission = (...sets: string[]): RecordedEmission =>
  ({ records: sets.map((set) => ({ name: "features", stored: { key: set } })) }) as unknown as RecordedEmission;
const decode = ((record: { name: "features"; stored: { key: string } }) =>
  Promise.resolve({ ...record, record: { featureSet: record.stored.key } as FeatureVector })) as unknown as Decode;
const trigger = (of: RecordedEmission) => ({ recorded: of, following: of }) as OrderedEntry;
const silent = (following?: RecordedEmission) => ({ recorded: undefined, following }) as OrderedEntry;

test("an input is taken with the sets that its outputs are of, one without any with those that both neighbours have", async () => {
  const settings = new RecordedSettings(featuresStage, { featureSets: ["full-1"] }, decode);
  const setsOf = async (entry: OrderedEntry) =>
    ((await settings.wantedFor(entry)) as FeatureSettings | undefined)?.featureSets;
  const [both, one, other] = [emission(core, full), emission(full), emission(core)];
  assert.deepEqual(await setsOf(silent(both)), ["core-1", "full-1"], "before the first output: as the first");
  assert.deepEqual(await setsOf(trigger(both)), ["core-1", "full-1"]);
  assert.deepEqual(await setsOf(silent(one)), ["full-1"]);
  assert.deepEqual(await setsOf(trigger(one)), ["full-1"]);
  assert.deepEqual(await setsOf(silent(other)), ["core-1"], "nothing in common: as what follows");
  assert.deepEqual(await setsOf(trigger(other)), ["core-1"]);
  assert.deepEqual(await setsOf(silent()), ["core-1"], "after the last output: as the last");
  assert.equal(await setsOf(trigger(emission(core, "fs-unknown"))), undefined, "a set that this build does not have");
});

test("a stage that no settings change, and a task that published nothing, go by the configuration", async () => {
  const configured = { featureSets: ["core-1"] };
  assert.equal(await new RecordedSettings({}, configured, decode).wantedFor(trigger(emission(full))), configured);
  assert.equal(await new RecordedSettings(featuresStage, configured, decode).wantedFor(silent()), configured);
});
