/**
 * How long do all targets' models take for the vectors of a whole market, without Kafka? Through models/runtime, as the
 * scores stage uses it; each row's result must be the same, bit for bit, alone and among all the others.
 *
 *     npm run bench -- scoring [--rows 5000] [--repeat 9]
 */
import { parseArgs } from "node:util";
import { loadVectorScorer } from "../../models/runtime/vector-scorer.js";
import { Random } from "../../pipelines/ingest/simulation/random.js";
import { defaultScorers } from "../../pipelines/offline/default-scorers.js";
import { readConfig } from "../../pipelines/config.js";
import { peakMemory, quietMoment, type Surroundings } from "./helpers/machine.js";
import { report, type Row } from "./helpers/result.js";
import { median, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "5000" }, repeat: { type: "string", default: "9" } },
});
const count = Number(values.rows);
const repeat = Number(values.repeat);

const artefacts = await defaultScorers(readConfig().artifactDirectory);
const models = await Promise.all(
  artefacts.map(async ({ directory, card }) => {
    const random = new Random("scoring", card.task);
    // Of the size that scale-free features have; trees take about the same time for any values.
    const rows = Array.from({ length: count }, () => card.featureNames.map(() => random.normal()));
    return { card, rows, scorer: await loadVectorScorer(directory) };
  }),
);
type Scores = readonly (readonly number[])[];

async function timed<Result>(work: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const started = performance.now();
  const result = await work();
  return { ms: performance.now() - started, result };
}

/** Where two results differ in a bit; −0 and 0 are different. */
function differences(one: Scores, other: Scores): number {
  return one.filter((row, index) => {
    const twin = other[index] ?? [];
    return row.length !== twin.length || row.some((value, place) => !Object.is(value, twin[place]));
  }).length;
}

const surroundings: Surroundings[] = [];
const scoreAll = () => Promise.all(models.map(({ scorer, rows }) => scorer.score(rows)));
await scoreAll();
surroundings.push(await quietMoment());
const together: number[] = [];
for (let repetition = 0; repetition < repeat; repetition += 1) together.push((await timed(scoreAll)).ms);

const table: Row[] = [];
for (const { card, rows, scorer } of models) {
  const alone: number[] = [];
  let whole: Scores = [];
  for (let repetition = 0; repetition < repeat; repetition += 1) {
    const { ms, result } = await timed(() => scorer.score(rows));
    alone.push(ms);
    whole = result;
  }
  const one = await timed(async () => {
    const scores: (readonly number[])[] = [];
    for (const row of rows) scores.push(...(await scorer.score([row])));
    return scores;
  });
  const different = differences(one.result, whole);
  if (different > 0) throw new Error(`${card.name}: ${different} of ${count} rows differ between batch 1 and ${count}`);
  table.push({
    target: card.task,
    model: `${card.name}@${card.version}`,
    features: card.featureNames.length,
    "all at once, ms": rounded(median(alone)),
    worst: rounded(Math.max(...alone)),
    "rows/s": rounded((count / median(alone)) * 1000, 0),
    "one by one, ms": rounded(one.ms),
    "rows that differ": different,
  });
}
await Promise.all(models.map(({ scorer }) => scorer.close()));

report({
  name: "scoring",
  question: `How long do all targets take for ${count} vectors?`,
  settings: { rows: count, repeat, "worker threads a model": 1 },
  surroundings,
  tables: {
    "each model by itself (median of the runs)": table,
    "all targets at the same time, as the scores stage runs them": [
      {
        "median, ms": rounded(median(together)),
        "worst, ms": rounded(Math.max(...together)),
        "vectors/s": rounded((count / median(together)) * 1000, 0),
        "peak memory MiB": peakMemory(),
      },
    ],
  },
  targets: [
    {
      what: `${count} vectors, all targets`,
      wanted: "≤ 250 ms",
      measured: `${rounded(median(together))} ms`,
      met: median(together) <= 250,
    },
    {
      what: `batch 1 and batch ${count} give the same bits`,
      wanted: "every row",
      measured: `${count} of ${count} rows of each model`,
      met: true,
    },
  ],
  packages: ["onnxruntime-node"],
});
