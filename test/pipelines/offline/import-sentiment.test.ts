import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { calibrate } from "../../../models/evaluation/calibration.js";
import { ModelCardError } from "../../../models/runtime/errors.js";
import { loadSentimentClassifier } from "../../../models/runtime/sentiment-classifier.js";
import { analyzeSentiment } from "../../../pipelines/offline/analyze-sentiment.js";
import { importSentimentModel } from "../../../pipelines/offline/import-sentiment.js";
import { newstape } from "../../helpers/cli.js";
import { hubModel, scratch, serveHub } from "../../helpers/hub.js";

const id = "tester/tiny-finbert";
const revision = "0123456789abcdef0123456789abcdef01234567";

function places(t: TestContext): { artifacts: string; cache: string } {
  const root = scratch(t);
  return { artifacts: join(root, "artifacts"), cache: join(root, "cache") };
}

const texts = ["Profit soars", "Shares plunge after a warning", "The meeting is on Monday", "Dividend raised"];

test("a directory becomes an artefact that is loaded like any other, and answers as the directory does", async (t) => {
  const directory = hubModel(t);
  const where = places(t);
  const { card, path, isNew } = await importSentimentModel(directory, where, {});
  assert.ok(isNew);
  assert.equal(path, `imported/sentiment/tiny-finbert/${card.sha256.slice(0, 12)}`);
  const artefact = join(where.artifacts, path);
  const loaded = await loadSentimentClassifier(artefact, { workers: 1, sha256: card.sha256 });
  t.after(() => loaded.close());
  const answers = await loaded.classify(texts);
  const before = await analyzeSentiment(texts, { model: directory });
  assert.deepEqual(
    answers,
    before.map(({ transformer }) => transformer),
  );
  // Again: nothing changes.
  assert.equal((await importSentimentModel(directory, where, {})).isNew, false);
  await assert.rejects(
    importSentimentModel(directory, where, { labels: ["neutral", "positive", "negative"] }),
    /there already, with another file, calibration or label order/,
  );
  assert.deepEqual(readdirSync(join(artefact, "..")), [card.version]);
});

test("calibrated on labelled texts it has the temperature and weight that they ask for", async (t) => {
  const directory = hubModel(t);
  const labels = ["positive", "negative", "neutral", "positive"] as const;
  const calibrateOn = Array.from({ length: 40 }, (_, index) => ({
    text: `${texts[index % 4]} ${index % 7}`,
    label: labels[index % 4] ?? "neutral",
  }));
  const { card } = await importSentimentModel(directory, places(t), { calibrateOn, version: "1.0.0" });
  const raw = await analyzeSentiment(
    calibrateOn.map(({ text }) => text),
    { model: directory },
  );
  const order = ["negative", "neutral", "positive"] as const;
  const expected = calibrate(
    raw.map(({ transformer }) => order.map((label) => transformer?.[label] ?? NaN)),
    raw.map(({ vaderCompound: score }) => [Math.max(-score, 0), 1 - Math.abs(score), Math.max(score, 0)]),
    calibrateOn.map(({ label }) => order.indexOf(label)),
  );
  assert.deepEqual({ temperature: card.temperature, weight: card.blend.transformer }, expected);
});

test("a model that cannot be run is refused before anything is written", async (t) => {
  const directory = hubModel(t);
  const where = places(t);
  writeFileSync(join(directory, "onnx", "model_quantized.onnx"), "not a model");
  await assert.rejects(
    importSentimentModel(directory, where, {}),
    (error) => error instanceof ModelCardError && /model_quantized\.onnx of .* cannot read texts/.test(error.message),
  );
  assert.ok(!existsSync(where.artifacts));
});

test("a repository of the hub is fetched once, pinned, and refused when its hash is another", async (t) => {
  const directory = hubModel(t);
  const hub = await serveHub(t, directory, id, revision);
  const where = places(t);
  const options = { revision, host: hub.url };
  await assert.rejects(importSentimentModel(id, where, { ...options, sha256: "0".repeat(64) }), /expected 0{64}/);
  assert.ok(!existsSync(where.artifacts));
  assert.ok(hub.served.includes("onnx/model_quantized.onnx") && hub.served.includes("tokenizer.json"));

  // From here on the hub does not answer: a commit in the cache is all that is needed.
  const away = { revision, host: "http://127.0.0.1:1/" };
  const sha256 = createHash("sha256")
    .update(readFileSync(join(directory, "onnx", "model_quantized.onnx")))
    .digest("hex");
  const { card, path } = await importSentimentModel(id, where, { ...away, sha256 });
  assert.equal(card.version, revision.slice(0, 12));
  const notes = JSON.parse(readFileSync(join(where.artifacts, path, "model.json"), "utf8")) as { source: unknown };
  assert.deepEqual(notes.source, { hub: id, revision });
  await assert.rejects(
    importSentimentModel(id, places(t), { ...options, revision: "main" }),
    /tester\/tiny-finbert \(revision main, q8\) cannot be fetched from http/,
  );
});

test("the command line takes a model in and prints what to do with it, or what is wrong", async (t) => {
  const directory = hubModel(t);
  const where = places(t);
  const environment = { ...process.env, NEWSTAPE_ARTIFACTS: where.artifacts, NEWSTAPE_DATA: where.cache };
  const labelled = join(where.artifacts, "..", "labelled.csv");
  writeFileSync(
    labelled,
    "text,label\nProfit soars,positive\nShares plunge,negative\nThe meeting is on Monday,neutral\n",
  );
  const taken = await newstape(environment, ["models", "import", directory, "--calibrate", labelled, "--json"]);
  assert.equal(taken.code, 0, taken.stderr);
  const { model, path, labels } = JSON.parse(taken.stdout) as { model: string; path: string; labels: string[] };
  assert.match(model, /^tiny-finbert@[0-9a-f]{12}$/);
  assert.deepEqual(labels, ["positive", "negative", "neutral"]);
  const file = join(where.artifacts, "..", "texts.txt");
  writeFileSync(file, `${texts.join("\n")}\n`);
  const read = await newstape(environment, ["sentiment", file, "--model", join(where.artifacts, path)]);
  assert.equal(read.code, 0, read.stderr);
  assert.equal(read.stdout.trim().split("\n").length, texts.length);

  for (const [args, reason] of [
    [["nowhere"], /neither a directory nor the name of a repository/],
    [[id], /Which state of tester\/tiny-finbert\?[\s\S]*--revision/],
    [[id, "--revision", "../x"], /It is a commit, tag or branch/],
    [[directory, "--sha256", "abc"], /It is a SHA-256/],
    [[directory, "--labels", "positive,negative"], /names each once/],
    [[directory, "--precision", "fp32"], /has none of onnx\/model\.onnx/],
    [[directory, "--sha256", "0".repeat(64)], /expected 0{64}/],
  ] as const) {
    const refused = await newstape(environment, ["models", "import", ...args]);
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, reason);
  }
});
