/**
 * The bare loop: worker threads that tokenise and run, one text at a time in a single-threaded session each, with nothing
 * around them. They take the next text from a shared counter, so that none waits for another.
 *
 *     bare-process.js ARTEFACT WORKERS COUNT
 */
import { Worker } from "node:worker_threads";
import { distinctArticles } from "./headlines.js";
import { peakMemory } from "./machine.js";
import { rounded } from "./statistics.js";

export interface BareMessage {
  readonly bare?: { readonly perSecond: number; readonly memory: number };
}

const [directory = "", workers = "2", count = "4000"] = process.argv.slice(2);
const texts = (await distinctArticles(Number(count))).map(({ headline }) => headline);
// Number of the next text.
const counter = new SharedArrayBuffer(4);

const threads = Array.from(
  { length: Number(workers) },
  () => new Worker(new URL("./bare-worker.js", import.meta.url), { workerData: { directory, texts, counter } }),
);
const next = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
await Promise.all(threads.map(next));
const done = Promise.all(threads.map(next));
const started = performance.now();
threads.forEach((worker) => worker.postMessage("go"));
await done;
const perSecond = rounded((texts.length / (performance.now() - started)) * 1000, 0);
process.send?.({ bare: { perSecond, memory: peakMemory() } } satisfies BareMessage);
// Nothing is left behind when the benchmark is killed.
process.once("disconnect", () => process.exit());
process.once("SIGTERM", () => process.disconnect?.());
