/**
 * Ways to read headlines without a stage around them, each in a process of its own.
 *
 *     reader-process.js pool|transformers.js|vader ARTEFACT WORKERS COUNT
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadSentimentClassifier } from "../../../models/runtime/sentiment-classifier.js";
import { newsRules, textNormaliser } from "../../../models/runtime/text-normalisation.js";
import { vaderScore } from "../../../operators/sentiment/vader.js";
import { distinctArticles } from "./headlines.js";
import { peakMemory } from "./machine.js";
import { rounded } from "./statistics.js";

export interface ReaderMessage {
  readonly reader?: { readonly perSecond: number; readonly memory: number };
}

const [kind = "", directory = "", workers = "2", count = "4000"] = process.argv.slice(2);
const texts = (await distinctArticles(Number(count))).map(({ headline }) => headline);
const normalise = textNormaliser(newsRules);

interface Reader {
  /** All of the texts. */
  read(texts: readonly string[]): Promise<unknown>;
  /** A process that ends inside onnxruntime ends badly. */
  close(): Promise<unknown>;
}

const readers: Readonly<Record<string, () => Promise<Reader>>> = {
  pool: async () => {
    const model = await loadSentimentClassifier(directory, { workers: Number(workers) });
    return { read: (all) => model.classify(all), close: () => model.close() };
  },
  vader: () =>
    Promise.resolve({
      read: (all) => Promise.resolve(all.map((text) => vaderScore(normalise(text)))),
      close: () => Promise.resolve(),
    }),
  "transformers.js": async () => {
    const { env, pipeline } = await import("@xenova/transformers");
    env.allowRemoteModels = false;
    env.localModelPath = `${dirname(asHubModel(directory))}/`;
    const classify = await pipeline("text-classification", "model", { dtype: "q8", device: "cpu" });
    const read = async (all: readonly string[]): Promise<void> => {
      // Batches of 32 as its users would; they are padded to the longest.
      for (let start = 0; start < all.length; start += 32) {
        await classify(all.slice(start, start + 32).map(normalise));
      }
    };
    return { read, close: () => classify.dispose() };
  },
};

/** The artefact in the layout of the hub, which transformers.js loads. */
function asHubModel(artefact: string): string {
  const card = JSON.parse(readFileSync(join(artefact, "model.json"), "utf8")) as {
    labels: string[];
    maxTokens: number;
  };
  const root = mkdtempSync(join(tmpdir(), "newstape-hub-"));
  process.once("exit", () => rmSync(root, { recursive: true, force: true }));
  const model = join(root, "model");
  mkdirSync(join(model, "onnx"), { recursive: true });
  cpSync(join(artefact, "model.onnx"), join(model, "onnx", "model_quantized.onnx"));
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) cpSync(join(artefact, name), join(model, name));
  const config = {
    architectures: ["BertForSequenceClassification"],
    model_type: "bert",
    max_position_embeddings: card.maxTokens,
    id2label: { ...card.labels },
  };
  writeFileSync(join(model, "config.json"), JSON.stringify(config));
  return model;
}

const start = readers[kind];
if (!start) throw new Error(`${kind} is none of ${Object.keys(readers).join(", ")}`);
const reader = await start();
await reader.read(texts.slice(0, 200));
const started = performance.now();
await reader.read(texts);
const perSecond = rounded((texts.length / (performance.now() - started)) * 1000, 0);
await reader.close();
// Nothing is left behind when the benchmark is killed.
process.once("disconnect", () => process.exit());
process.once("SIGTERM", () => process.disconnect?.());
process.send?.({ reader: { perSecond, memory: peakMemory() } } satisfies ReaderMessage);
