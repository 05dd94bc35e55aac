/**
 * Latency, memory and event-loop delay of a transformer of FinBERT's size beside the encoder that ships.
 *
 *     npm run bench -- finbert --model DIRECTORY [--workers 2] [--rounds 60]
 *
 * DIRECTORY is FinBERT in the hub's layout, or what models/training/sentiment/make_bert_base.py makes: the same shape.
 */
import { join } from "node:path";
import { basename } from "node:path/posix";
import { parseArgs } from "node:util";
import { defaultSentiment } from "../../pipelines/offline/default-sentiment.js";
import { artifactDirectory } from "../../schemas/files.js";
import { startChild } from "./helpers/child.js";
import type { Latency, LatencyMessage } from "./helpers/latency-process.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import { report } from "./helpers/result.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    workers: { type: "string", default: "2" },
    rounds: { type: "string", default: "60" },
  },
});
if (values.model === undefined) throw new Error("--model is missing: a directory in the hub's layout");

const surroundings: Surroundings[] = [];
async function measure(directory: string, workers: string): Promise<Latency> {
  surroundings.push(await quietMoment());
  const child = await startChild<LatencyMessage>("./latency-process.js", {
    arguments: [directory, workers, values.rounds],
    nodeOptions: ["--expose-gc"],
  });
  const latency = await child.message((message) => message.latency);
  await child.stop();
  return latency;
}

const rows = [];
for (const [what, directory] of [
  [basename(values.model), values.model],
  [defaultSentiment, join(artifactDirectory, defaultSentiment)],
] as const) {
  for (const workers of ["1", values.workers]) rows.push({ what, workers, ...(await measure(directory, workers)) });
}
const large = rows.filter(({ what }) => what === basename(values.model ?? ""));
const worst = (pick: (row: Latency) => number, among: readonly Latency[] = large): number =>
  Math.max(...among.map(pick));
const all32 = worst(({ thirtyTwo }) => thirtyTwo.p95, large.slice(1));
const one = worst(({ one: { p95 } }) => p95);
const delay = worst(({ loopDelay }) => loopDelay, rows);
report({
  name: "finbert",
  question: "How long does a transformer of FinBERT's size take, and what does it weigh?",
  settings: { workers: Number(values.workers), rounds: Number(values.rounds) },
  surroundings,
  tables: {
    "int8, one text a run, one thread a worker": rows.map((row) => ({
      what: row.what,
      workers: Number(row.workers),
      "load s": row.load,
      "memory MiB": row.memory,
      "one p50 ms": row.one.p50,
      "one p95 ms": row.one.p95,
      "32 p50 ms": row.thirtyTwo.p50,
      "32 p95 ms": row.thirtyTwo.p95,
      "texts/s": row.perSecond,
      "loop delay p99 ms": row.loopDelay,
    })),
  },
  targets: [
    { what: "one headline, p95", wanted: "< 200 ms", measured: `${one} ms`, met: one < 200 },
    {
      what: `32 headlines, ${values.workers} workers, p95`,
      wanted: "< 200 ms",
      measured: `${all32} ms`,
      met: all32 < 200,
    },
    { what: "event-loop delay under full load, p99", wanted: "≤ 20 ms", measured: `${delay} ms`, met: delay <= 20 },
  ],
  packages: ["onnxruntime-node", "@huggingface/tokenizers"],
});
