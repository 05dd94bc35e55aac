import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { listSupportedBackends } from "onnxruntime-node";
import { checkArtifact, startInferenceWorker } from "../../../models/runtime/artifact.js";
import {
  loadSentimentClassifier,
  type LoadedSentimentClassifier,
} from "../../../models/runtime/sentiment-classifier.js";
import { tokenizerConfigFile, tokenizerFile } from "../../../models/runtime/sentiment-files.js";
import { textEncoder } from "../../../models/runtime/text-encoder.js";
import { newsRules } from "../../../models/runtime/text-normalisation.js";
import { createTokenizer } from "../../../models/runtime/tokenizer.js";
import { readConfig } from "../../../pipelines/config.js";
import { packageRoot } from "../../../schemas/files.js";
import { bundledModel } from "./artefacts.js";

async function classifier(t: TestContext, workers: number): Promise<LoadedSentimentClassifier> {
  const loaded = await loadSentimentClassifier(bundledModel("sentiment"), { workers });
  t.after(() => loaded.close());
  return loaded;
}

const subjects = ["Apple", "$TSLA", "Oil", "Banks", "RT @trader: $AMZN", "Q3 revenue of General Electric"];
const verbs = [
  "soars after beating estimates",
  "falls on weak guidance",
  "holds its annual meeting",
  "cut to sell http://t.co/x",
];
const texts = subjects.flatMap((subject) => verbs.map((verb) => `${subject} ${verb}`));

test("a text's result is the same bits alone, in any batch and on any number of workers", async (t) => {
  const [one, three] = await Promise.all([classifier(t, 1), classifier(t, 3)]);
  const alone = [];
  for (const text of texts) alone.push(...(await one.classify([text])));
  assert.deepEqual(await one.classify(texts), alone);
  assert.deepEqual(await three.classify(texts), alone);
  assert.deepEqual(await three.classify([...texts].reverse()), [...alone].reverse());
});

test("probabilities sum to 1, and plain cases are classed apart", async (t) => {
  const model = await classifier(t, 1);
  const results = await model.classify([
    "Shares soar after record profit beats all estimates",
    "Shares plunge as company warns of heavy losses and cuts its dividend",
  ]);
  for (const { negative, neutral, positive } of results)
    assert.ok(Math.abs(negative + neutral + positive - 1) < 1e-9 && Math.min(negative, neutral, positive) >= 0);
  const [good, bad] = results;
  assert.ok(good && bad && good.positive > good.negative && bad.negative > bad.positive);
});

test("any text can be read: empty, very long, without known characters, broken", async (t) => {
  const model = await classifier(t, 1);
  const results = await model.classify(["", "profit ".repeat(100_000), "\u{1f680}\u{1f680}", "\ud800", "\u0000\u0007"]);
  assert.ok(results.every(({ negative, neutral, positive }) => Number.isFinite(negative + neutral + positive)));
});

test("the event loop is free while the workers are at it", async (t) => {
  const model = await classifier(t, 2);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await model.classify(Array.from({ length: 200 }, (_, index) => `${texts[index % texts.length]} ${index}`));
  clearInterval(timer);
  assert.ok(ticks >= 5, `${ticks} ticks`);
});

test("a real worker that dies of an error at work is replaced, and no result is lost", async (t) => {
  const workers: Worker[] = [];
  const model = await loadSentimentClassifier(bundledModel("sentiment"), {
    workers: 2,
    startWorker: (artifact) => {
      const worker = startInferenceWorker(artifact);
      workers.push(worker);
      return worker;
    },
  });
  t.after(() => model.close());
  const many = Array.from({ length: 300 }, (_, index) => `${texts[index % texts.length]} ${index}`);
  const undisturbed = await model.classify(many);
  const disturbed = model.classify(many);
  await setTimeout(30);
  // Nothing it can read: it throws outside of any handler.
  workers[0]?.postMessage(null);
  assert.deepEqual(await disturbed, undisturbed);
  assert.equal(workers.length, 3);
});

test("a process that exits while the workers are at it exits with its own code", async () => {
  const loader = new URL("../../../models/runtime/sentiment-classifier.js", import.meta.url).href;
  const program = `
    import { loadSentimentClassifier } from ${JSON.stringify(loader)};
    const model = await loadSentimentClassifier(${JSON.stringify(bundledModel("sentiment"))}, { workers: 2 });
    void model.classify(Array.from({ length: 2000 }, (_, index) => "shares rise " + index));
    setTimeout(() => process.exit(3), 50);`;
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "ignore" });
    const [code] = (await once(child, "exit")) as [number | null];
    assert.equal(code, 3);
  }
});

interface ParityFixture {
  readonly sha256: string;
  readonly cases: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    /** Only some have them. */
    readonly logits?: readonly number[];
  }[];
}

const parity = JSON.parse(
  readFileSync(join(packageRoot, "test", "fixtures", "sentiment", "tokenizer-parity.json"), "utf8"),
) as ParityFixture;

test("texts become the tokens of the trainer's tokenizer", async () => {
  const directory = bundledModel("sentiment");
  const card = await checkArtifact(directory, ["sentiment"]);
  const files = [tokenizerFile, tokenizerConfigFile].map((name) => readFileSync(join(directory, name)));
  const encode = textEncoder(createTokenizer(files[0] ?? Buffer.alloc(0), files[1]), card);
  for (const { text, ids } of parity.cases) assert.deepEqual([...encode(text)], ids, JSON.stringify(text));
});

test("probabilities are those of the trainer's runtime", async (t) => {
  const model = await classifier(t, 2);
  assert.equal(model.model.sha256, parity.sha256);
  const cases = parity.cases.flatMap(({ text, logits }) => (logits === undefined ? [] : [{ text, logits }]));
  assert.ok(cases.length > 0);
  const results = await model.classify(cases.map(({ text }) => text));
  for (const [index, { text, logits }] of cases.entries()) {
    const powers = logits.map((logit) => Math.exp(logit / model.card.temperature));
    const total = powers.reduce((sum, power) => sum + power, 0);
    model.card.labels.forEach((label, column) => {
      const expected = (powers[column] ?? NaN) / total;
      // The same bits on the same kind of processor; int8 kernels of others round otherwise.
      assert.ok(Math.abs((results[index]?.[label] ?? NaN) - expected) < 0.02, JSON.stringify(text));
    });
  }
});

test("the model was trained on texts prepared as VADER's are", async (t) => {
  assert.deepEqual((await classifier(t, 1)).card.textNormalisation.rules, newsRules);
});

test("a provider that this machine lacks is reported by name, and nothing else takes its place unasked", async () => {
  const missing = (["coreml", "dml", "cuda"] as const).filter(
    (provider) => !listSupportedBackends().some(({ name, bundled }) => name === provider && bundled),
  );
  assert.ok(missing.length > 0);
  for (const provider of missing.slice(0, 1)) {
    await assert.rejects(
      loadSentimentClassifier(bundledModel("sentiment"), { workers: 1, providers: [provider] }),
      new RegExp(`cannot open the model with ${provider}`),
    );
  }
});

test("providers are checked like every other variable", () => {
  assert.deepEqual(readConfig({}).providers, ["cpu"]);
  assert.deepEqual(readConfig({ NEWSTAPE_ONNX_PROVIDERS: "cuda, cpu" }).providers, ["cuda", "cpu"]);
  assert.throws(() => readConfig({ NEWSTAPE_ONNX_PROVIDERS: "gpu" }), /NEWSTAPE_ONNX_PROVIDERS/);
});
