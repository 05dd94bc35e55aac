/**
 * How long a transformer takes for one headline and for 32, what a loaded model weighs, and whether the event loop stays
 * free while all workers are busy.
 *
 *     latency-process.js ARTEFACT WORKERS ROUNDS
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { hasHubLayout, readHubModel } from "../../../models/registry/import/hub-layout.js";
import { loadSentimentClassifier } from "../../../models/runtime/sentiment-classifier.js";
import { distinctArticles } from "./headlines.js";
import { percentile, rounded } from "./statistics.js";

export interface Latency {
  /** From the directory to warm sessions, s; hashing included. */
  readonly load: number;
  /** Resident memory that loading added, MiB, all workers together. */
  readonly memory: number;
  /** ms. */
  readonly one: { readonly p50: number; readonly p95: number };
  readonly thirtyTwo: { readonly p50: number; readonly p95: number };
  readonly perSecond: number;
  /** 99th percentile while every worker is busy, ms. */
  readonly loopDelay: number;
}
export interface LatencyMessage {
  readonly latency?: Latency;
}

const [directory = "", workers = "2", rounds = "60"] = process.argv.slice(2);
const resident = (): number => process.memoryUsage.rss() / 2 ** 20;
const texts = (await distinctArticles(4000)).map(({ headline }) => headline);
let next = 0;
const take = (count: number): string[] => Array.from({ length: count }, () => texts[next++ % texts.length] ?? "");

globalThis.gc?.();
const before = resident();
const loading = performance.now();
const card = hasHubLayout(directory) ? (await readHubModel(directory, { name: "model" })).card : undefined;
const model = await loadSentimentClassifier(directory, { workers: Number(workers), ...(card && { card }) });
const load = (performance.now() - loading) / 1000;

async function times(count: number): Promise<{ p50: number; p95: number }> {
  const found: number[] = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    const started = performance.now();
    await model.classify(take(count));
    found.push(performance.now() - started);
  }
  return { p50: rounded(percentile(found, 0.5)), p95: rounded(percentile(found, 0.95)) };
}

await model.classify(take(8));
const one = await times(1);
const thirtyTwo = await times(32);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const many = 32 * Math.max(4, Math.round(Number(rounds) / 4));
const started = performance.now();
await model.classify(take(many));
const perSecond = rounded((many / (performance.now() - started)) * 1000);
delay.disable();
globalThis.gc?.();
process.once("disconnect", () => process.exit());
process.once("SIGTERM", () => void model.close().then(() => process.disconnect?.()));
process.send?.({
  latency: {
    load: rounded(load, 2),
    memory: rounded(resident() - before, 0),
    one,
    thirtyTwo,
    perSecond,
    loopDelay: rounded(delay.percentile(99) / 1e6),
  },
} satisfies LatencyMessage);
