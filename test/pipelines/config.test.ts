import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { readConfig, variables } from "../../pipelines/config.js";
import { readSettings } from "../../pipelines/runtime/config.js";
import { declareSettings } from "../../pipelines/runtime/settings.js";
import { stages } from "../../pipelines/stages/index.js";

test("all that is wrong is reported at once, whichever part of the pipeline declares it", () => {
  const wrong = {
    NEWSTAPE_PARTITIONS: "0",
    NEWSTAPE_WORKERS: "0",
    NEWSTAPE_ONNX_PROVIDERS: "cpu,abacus",
    NEWSTAPE_FEATURE_SETS: "ful",
    FINBERT_SENTIMENT: "sometimes",
  };
  assert.throws(
    () => readConfig(wrong),
    (error: Error) => {
      assert.match(error.message, /^The configuration is wrong: NEWSTAPE_PARTITIONS: /);
      for (const name of Object.keys(wrong)) assert.ok(error.message.includes(`${name}`), name);
      assert.match(error.message, /NEWSTAPE_FEATURE_SETS: known are core-1, full-1, /);
      assert.match(error.message, /FINBERT_SENTIMENT: must be off, on, ab or a percentage such as 25%/);
      return true;
    },
  );
});

test("the settings of every part stand in the configuration under their names, frozen", () => {
  const config = readConfig({ NEWSTAPE_FEATURE_SETS: "core, full", NEWSTAPE_WORKERS: "3", FINBERT_SENTIMENT: "ab" });
  assert.deepEqual([config.featureSets, config.workers, config.finbertShare], [["core-1", "full-1"], 3, 0.5]);
  assert.deepEqual([config.providers, config.partitions], [["cpu"], 6]);
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.featureSets));
});

test("every variable is described, those of every stage among them", () => {
  const declared = stages.flatMap(({ settings }) => Object.keys(settings?.variables ?? {}));
  assert.deepEqual(declared.sort(), ["FINBERT_SENTIMENT", "NEWSTAPE_FEATURE_SETS"]);
  for (const name of [...declared, "KAFKA_BROKERS", "NEWSTAPE_ARTIFACTS"]) assert.ok(name in variables, name);
  for (const [name, { description }] of Object.entries(variables)) assert.ok(description, `${name} is described`);
});

test("a variable, and a setting, is declared by one part alone", () => {
  const speed = declareSettings({ SPEED: z.string().default("1") }, ({ SPEED }) => ({ speed: SPEED }));
  const pace = declareSettings({ PACE: z.string().default("2") }, ({ PACE }) => ({ speed: PACE }));
  assert.equal((readSettings([speed], {}) as unknown as { speed: string }).speed, "1");
  assert.throws(() => readSettings([speed, speed], {}), /two parts of the pipeline declare the variable SPEED/);
  assert.throws(() => readSettings([speed, pace], {}), /two parts of the pipeline name a setting speed/);
});
