import assert from "node:assert/strict";
import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hasHubLayout, readHubModel, type HubModelOptions } from "../../../../models/registry/import/hub-layout.js";
import { ModelCardError, ModelIntegrityError } from "../../../../models/runtime/errors.js";
import { loadSentimentClassifier } from "../../../../models/runtime/sentiment-classifier.js";
import { hubConfig, hubModel } from "../../../helpers/hub.js";
import { bundledModel } from "../../runtime/artefacts.js";

const named: HubModelOptions = { name: "tiny" };

test("the order of the labels is read from the model's config, and its outputs follow it", async (t) => {
  const directory = hubModel(t);
  const { card } = await readHubModel(directory, named);
  assert.deepEqual(card.labels, ["positive", "negative", "neutral"]);
  assert.equal(card.version, card.sha256.slice(0, 12));
  const model = await loadSentimentClassifier(directory, { card, workers: 1 });
  t.after(() => model.close());
  const shipped = await loadSentimentClassifier(bundledModel("sentiment"), { workers: 1 });
  t.after(() => shipped.close());
  const texts = ["Profit soars", "Shares plunge after a warning", "The meeting is on Monday"];
  const [ours, theirs] = await Promise.all([model.classify(texts), shipped.classify(texts)]);
  const { temperature, labels } = shipped.card;
  for (const [index, answer] of ours.entries()) {
    // The same network, at temperature 1; its first output is called positive here.
    const powers = labels.map((label) => (theirs[index]?.[label] ?? NaN) ** temperature);
    const total = powers.reduce((sum, power) => sum + power, 0);
    for (const [output, label] of card.labels.entries())
      assert.ok(Math.abs(answer[label] - (powers[output] ?? NaN) / total) < 1e-9, `${texts[index]}: ${label}`);
  }
});

test("label2id will do, and an order that is given counts before both", async (t) => {
  const { card } = await readHubModel(hubModel(t, { ...hubConfig, id2label: undefined }), named);
  assert.deepEqual(card.labels, ["positive", "negative", "neutral"]);
  const labels = ["neutral", "positive", "negative"] as const;
  const silent = hubModel(t, { ...hubConfig, id2label: undefined, label2id: undefined });
  assert.deepEqual((await readHubModel(silent, { ...named, labels })).card.labels, labels);
});

for (const [what, id2label, label2id] of [
  ["are not named", { "0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2" }, undefined],
  ["are two", { "0": "negative", "1": "positive" }, undefined],
  ["name one twice", { "0": "negative", "1": "positive", "2": "pos" }, undefined],
  ["contradict each other", hubConfig.id2label, { Positive: 2, negative: 1, NEUTRAL: 0 }],
  ["are missing", undefined, undefined],
] as const) {
  test(`a model whose labels ${what} is refused rather than guessed, with what to do`, async (t) => {
    const directory = hubModel(t, { ...hubConfig, id2label, label2id });
    await assert.rejects(readHubModel(directory, named), (error) => {
      assert.ok(error instanceof ModelCardError);
      assert.match(error.message, /--labels/);
      return true;
    });
  });
}

test("another model file than the one asked for is refused with both hashes", async (t) => {
  const sha256 = "0".repeat(64);
  await assert.rejects(readHubModel(hubModel(t), { ...named, sha256 }), (error) => {
    assert.ok(error instanceof ModelIntegrityError);
    assert.equal(error.expected, sha256);
    assert.notEqual(error.actual, sha256);
    return true;
  });
});

test("quantised weights are preferred, others are taken when asked for or alone", async (t) => {
  const directory = hubModel(t);
  cpSync(join(directory, "onnx", "model_quantized.onnx"), join(directory, "model.onnx"));
  assert.equal((await readHubModel(directory, named)).card.modelFile, "onnx/model_quantized.onnx");
  assert.equal((await readHubModel(directory, { ...named, precision: "fp32" })).card.modelFile, "model.onnx");
  rmSync(join(directory, "onnx"), { recursive: true });
  assert.equal((await readHubModel(directory, named)).card.modelFile, "model.onnx");
  await assert.rejects(readHubModel(directory, { ...named, precision: "q8" }), /optimum-cli export onnx/);
  writeFileSync(join(directory, "model.onnx_data"), "");
  await assert.rejects(readHubModel(directory, named), /model\.onnx_data: export it into one file/);
});

test("no input is longer than the model has positions for", async (t) => {
  const tokens = async (config: object, options: Partial<HubModelOptions> = {}): Promise<number> =>
    (await readHubModel(hubModel(t, { ...hubConfig, ...config }), { ...named, ...options })).card.maxTokens;
  // The tokenizer's own config has 64.
  assert.equal(await tokens({ max_position_embeddings: 512 }), 64);
  assert.equal(await tokens({ max_position_embeddings: 40 }), 40);
  assert.equal(await tokens({}, { maxTokens: 16 }), 16);
  assert.equal(await tokens({ max_position_embeddings: 34, model_type: "roberta", pad_token_id: 1 }), 32);
});

test("what is missing or broken is named", async (t) => {
  const directory = hubModel(t);
  assert.ok(hasHubLayout(directory) && !hasHubLayout(bundledModel("sentiment")));
  writeFileSync(join(directory, "config.json"), "{");
  await assert.rejects(readHubModel(directory, named), /config\.json of .* is not JSON/);
  rmSync(join(directory, "tokenizer.json"));
  writeFileSync(join(directory, "config.json"), JSON.stringify(hubConfig));
  await assert.rejects(readHubModel(directory, named), /tokenizer\.json of .* cannot be read/);
  assert.ok(!existsSync(join(directory, "tokenizer.json")));
});
