/**
 * How fast headlines are read: the whole sentiment stage on a backlog, its worker pool alone, and what one would use in its
 * place, over the same headlines in one run.
 *
 *     npm run bench -- sentiment [--repeat 3] [--articles 4000] [--workers 2] [--artefact DIRECTORY] [--python PYTHON]
 *
 * `--python` is an interpreter with transformers and torch; without it that row is left out.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { defaultSentiment } from "../../pipelines/offline/default-sentiment.js";
import { sentimentStage } from "../../pipelines/stages/sentiment.js";
import { artifactDirectory, packageRoot } from "../../schemas/files.js";
import type { BareMessage } from "./helpers/bare-process.js";
import { startChild } from "./helpers/child.js";
import { createCluster, openPublisher, withCleanUp } from "./helpers/cluster.js";
import { distinctArticles } from "./helpers/headlines.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import type { ProfileRow } from "./helpers/profile.js";
import type { ReaderMessage } from "./helpers/reader-process.js";
import { report, type Row } from "./helpers/result.js";
import type { SentimentMessage } from "./helpers/sentiment-process.js";
import { median, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    repeat: { type: "string", default: "3" },
    articles: { type: "string", default: "4000" },
    workers: { type: "string", default: "2" },
    artefact: { type: "string", default: join(artifactDirectory, defaultSentiment) },
    python: { type: "string" },
  },
});
const repeat = Number(values.repeat);
const count = Number(values.articles);
const parameters = [values.artefact, values.workers, values.articles];
const card = JSON.parse(readFileSync(join(values.artefact, "model.json"), "utf8")) as {
  name: string;
  version: string;
  trainer?: { layers?: number };
};

interface Measured {
  readonly perSecond: number;
  /** Highest resident memory, MiB. */
  readonly memory: number;
}

async function measureBare(): Promise<Measured> {
  const child = await startChild<BareMessage>("./bare-process.js", { arguments: parameters });
  const bare = await child.message((message) => message.bare);
  await child.stop();
  return bare;
}

async function measureReader(kind: string): Promise<Measured> {
  const child = await startChild<ReaderMessage>("./reader-process.js", { arguments: [kind, ...parameters] });
  const reader = await child.message((message) => message.reader);
  await child.stop();
  return reader;
}

interface MeasuredStage extends Measured {
  /** Of the main thread, 99th percentile, ms. */
  readonly loopDelay: number;
  readonly profile: ProfileRow[];
}

async function measureStage(profile = false): Promise<MeasuredStage> {
  return withCleanUp(async (cleanUp) => {
    const cluster = await createCluster(cleanUp, [sentimentStage]);
    const publish = await openPublisher(cleanUp, cluster, "news.raw");
    const articles = await distinctArticles(count);
    for (let start = 0; start < count; start += 500) await publish(articles.slice(start, start + 500));
    const child = await startChild<SentimentMessage>("./sentiment-process.js", {
      arguments: parameters,
      environment: cluster.environment,
      profile,
    });
    const { perSecond } = await child.message((message) => message.throughput);
    const ended = child.message((message) => message.ended);
    await child.stop();
    return { perSecond, ...(await ended), profile: profile ? await child.profile() : [] };
  });
}

/** Python's transformers, where there is an interpreter that has them. */
async function measurePython(): Promise<{ perSecond: number; transformers: string; torch: string } | undefined> {
  if (values.python === undefined) return undefined;
  const script = join(packageRoot, "test", "bench", "helpers", "python_transformers.py");
  const texts = (await distinctArticles(count)).map(({ headline }) => headline.replace(/[\r\n]/g, " ")).join("\n");
  const layers = String(card.trainer?.layers ?? 6);
  const { status, stdout, stderr } = spawnSync(values.python, [script, values.artefact, layers], {
    input: texts,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${values.python} ${script}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Awaited<ReturnType<typeof measurePython>>;
}

/** In the order of the table. Each repetition measures all, one after another. */
const ways = {
  bare: { what: "bare onnxruntime-node loop", measure: measureBare },
  pool: { what: "worker pool", measure: () => measureReader("pool") },
  stage: { what: "sentiment stage (Kafka, exactly-once)", measure: measureStage },
  "transformers.js": { what: "transformers.js pipeline, batch 32", measure: () => measureReader("transformers.js") },
  vader: { what: "VADER alone, one thread", measure: () => measureReader("vader") },
} as const;
type Way = keyof typeof ways;
const names = Object.keys(ways) as Way[];

const surroundings: Surroundings[] = [];
const runs = new Map<Way, Measured[]>(names.map((name) => [name, []]));
const pythons: NonNullable<Awaited<ReturnType<typeof measurePython>>>[] = [];
let loopDelay = 0;
for (let repetition = 0; repetition < repeat; repetition += 1) {
  for (const name of names) {
    surroundings.push(await quietMoment());
    const measured = await ways[name].measure();
    runs.get(name)?.push(measured);
    if ("loopDelay" in measured) loopDelay = Math.max(loopDelay, measured.loopDelay as number);
  }
  const python = await measurePython();
  if (python) pythons.push(python);
}
const profiled = await measureStage(true);

const speeds = (name: Way): number[] => (runs.get(name) ?? []).map(({ perSecond }) => perSecond);
const memoryOf = (name: Way): number => Math.max(...(runs.get(name) ?? []).map(({ memory }) => memory));
/** Of each run beside its neighbour: the machine's mood is then in both. */
const ratio = (name: Way, others: readonly number[]): number =>
  median(speeds(name).map((speed, index) => speed / (others[index] ?? NaN)));
const python = pythons.map(({ perSecond }) => perSecond);

const row = (what: string, measured: readonly number[], memory: number | string): Row => ({
  what,
  "texts/s": median(measured),
  "of bare": rounded(median(measured.map((speed, index) => speed / (speeds("bare")[index] ?? NaN))), 2),
  runs: measured.join(" "),
  "peak memory MiB": memory,
});
const [about] = pythons;
const stageToBare = ratio("stage", speeds("bare"));
const stageToJs = ratio("stage", speeds("transformers.js"));
const stageToPython = python.length > 0 ? ratio("stage", python) : undefined;
report({
  name: "sentiment",
  question: "How fast are headlines read, by the stage and by what one would use in its place?",
  settings: {
    model: `${card.name}@${card.version}`,
    articles: count,
    workers: Number(values.workers),
    batchRecords: sentimentStage.batch.records,
    repeat,
    ...(about && { transformers: about.transformers, torch: about.torch }),
  },
  surroundings,
  tables: {
    "headlines (median of the runs, ratios each run beside its neighbour)": [
      ...names.map((name) => row(ways[name].what, speeds(name), memoryOf(name))),
      ...(about ? [row("Python transformers, fp32, batch 32, two threads", python, "")] : []),
    ],
  },
  targets: [
    { what: "stage to bare loop", wanted: "≥ 0.85", measured: stageToBare.toFixed(2), met: stageToBare >= 0.85 },
    { what: "stage to transformers.js", wanted: "≥ 1.1", measured: stageToJs.toFixed(2), met: stageToJs >= 1.1 },
    {
      what: "stage to Python transformers",
      wanted: "≥ 3",
      measured: stageToPython?.toFixed(2) ?? "not measured: --python",
      met: (stageToPython ?? 0) >= 3,
    },
    {
      what: "event-loop delay of the stage, p99",
      wanted: "≤ 20 ms",
      measured: `${loopDelay} ms`,
      met: loopDelay <= 20,
    },
    {
      what: "peak resident memory of the stage",
      wanted: "≤ 700 MiB",
      measured: `${memoryOf("stage")} MiB`,
      met: memoryOf("stage") <= 700,
    },
  ],
  profiles: { "main thread of the stage": profiled.profile },
  packages: ["kafkajs", "onnxruntime-node", "@huggingface/tokenizers", "@xenova/transformers", "vader-sentiment"],
});
