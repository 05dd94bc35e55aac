/**
 * How much of the processor's time for inference is left when everything around it is there? The real sentiment stage on
 * a backlog of real headlines, beside a bare loop over the same model and headlines in as many worker threads.
 *
 *     npm run bench -- sentiment [--repeat 3] [--articles 4000] [--workers 2] [--artefact DIRECTORY]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sentimentStage } from "../../pipelines/sentiment.js";
import { artifactDirectory } from "../../schemas/files.js";
import type { BareMessage } from "./helpers/bare-process.js";
import { startChild } from "./helpers/child.js";
import { createCluster, openPublisher, withCleanUp } from "./helpers/cluster.js";
import { distinctArticles } from "./helpers/headlines.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import type { ProfileRow } from "./helpers/profile.js";
import { report } from "./helpers/result.js";
import type { SentimentMessage } from "./helpers/sentiment-process.js";
import { median, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    repeat: { type: "string", default: "3" },
    articles: { type: "string", default: "4000" },
    workers: { type: "string", default: "2" },
    artefact: { type: "string", default: join(artifactDirectory, "sentiment", "minilm-l3", "1.0.0") },
  },
});
const repeat = Number(values.repeat);
const count = Number(values.articles);
const parameters = [values.artefact, values.workers, values.articles];

async function measureBare(): Promise<NonNullable<BareMessage["bare"]>> {
  const child = await startChild<BareMessage>("./bare-process.js", { arguments: parameters });
  const bare = await child.message((message) => message.bare);
  await child.stop();
  return bare;
}

async function measureStage(profile = false): Promise<{ perSecond: number; memory: number; profile: ProfileRow[] }> {
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
    const memory = child.message((message) => message.memory);
    await child.stop();
    return { perSecond, memory: await memory, profile: profile ? await child.profile() : [] };
  });
}

const surroundings: Surroundings[] = [];
const runs: { stage: number; bare: number; stageMemory: number; bareMemory: number }[] = [];
for (let repetition = 0; repetition < repeat; repetition += 1) {
  surroundings.push(await quietMoment());
  const bare = await measureBare();
  const stage = await measureStage();
  runs.push({
    stage: stage.perSecond,
    bare: bare.perSecond,
    stageMemory: stage.memory,
    bareMemory: bare.memory,
  });
}
const profiled = await measureStage(true);

const ratios = runs.map(({ stage, bare }) => stage / bare);
const ratio = median(ratios);
const memory = Math.max(...runs.map(({ stageMemory }) => stageMemory));
report({
  name: "sentiment",
  question: "How fast is the sentiment stage beside a bare inference loop?",
  settings: { articles: count, workers: Number(values.workers), batchRecords: sentimentStage.batch.records, repeat },
  surroundings,
  tables: {
    "articles/s (median of the runs, each run beside its neighbour)": [
      {
        what: "bare onnxruntime loop",
        "articles/s": median(runs.map(({ bare }) => bare)),
        ratio: 1,
        runs: runs.map(({ bare }) => bare).join(" "),
        "peak memory MiB": Math.max(...runs.map(({ bareMemory }) => bareMemory)),
      },
      {
        what: "sentiment stage",
        "articles/s": median(runs.map(({ stage }) => stage)),
        ratio: rounded(ratio, 2),
        runs: runs.map(({ stage }) => stage).join(" "),
        "peak memory MiB": memory,
      },
    ],
  },
  targets: [
    { what: "stage to bare loop", wanted: "≥ 0.85", measured: ratio.toFixed(2), met: ratio >= 0.85 },
    { what: "peak resident memory", wanted: "≤ 700 MiB", measured: `${memory} MiB`, met: memory <= 700 },
  ],
  profiles: { "main thread of the stage": profiled.profile },
  packages: ["kafkajs", "onnxruntime-node", "@huggingface/tokenizers", "vader-sentiment"],
});
