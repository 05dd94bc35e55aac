/**
 * Training vectors for the tree models, made by what serves them: ingest, and the stages that lead to the features, with
 * the real encoder. Run it from the build: see models/training/README.md.
 *
 *     node dist/pipelines/offline/export-training-set.js --bars bars.csv.gz --news news.jsonl.gz \
 *       --sentiment models/artifacts/sentiment/minilm-l6/1.0.0 --out vectors
 *
 * Writes `vectors.csv.gz` (a vector and its label a line) and `vectors.json` (feature set, names, sentiment model).
 */
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { createGzip } from "node:zlib";
import { findCalendar } from "../../operators/calendar/calendars.js";
import { featureSetsByName, isPinned } from "../../operators/features/feature-sets.js";
import { nextSessions, type NextSession } from "../../operators/outcomes/next-session.js";
import { recordsOf, runOffline } from "./run.js";
import { openSentimentReader } from "./sentiment-reader.js";
import { wayTo } from "./wiring.js";
import { bundledUniverse, readSorted } from "../ingest/index.js";
import { stages } from "../stages/index.js";
import type { FeatureVector } from "../../schemas/generated/types.js";

/** What lies after it is opened once per release, to judge and never to choose: it is not even read into the vectors. */
const developmentEnd = Date.UTC(2015, 0, 1);

function* lines(
  vectors: readonly FeatureVector[],
  names: readonly string[],
  nextSession: NextSession,
): Generator<string> {
  yield `${["symbol", "asOf", "barTime", "nextTime", "trigger", "nextReturn", ...names].join(",")}\n`;
  for (const vector of vectors) {
    const label = nextSession(vector);
    if (label === undefined) continue;
    const { symbol, asOf, barTime, trigger, values } = vector;
    yield `${[symbol, asOf, barTime, label.nextTime, trigger, label.nextReturn, ...values].join(",")}\n`;
  }
}

const { values: paths } = parseArgs({
  options: {
    bars: { type: "string" },
    news: { type: "string" },
    sentiment: { type: "string" },
    out: { type: "string" },
    set: { type: "string", default: "full" },
  },
});
const { bars: barsFile, news: newsFile, sentiment: sentimentDirectory, out } = paths;
if (barsFile === undefined || newsFile === undefined || sentimentDirectory === undefined || out === undefined)
  throw new Error("give --bars, --news, --sentiment and --out");
const [set] = featureSetsByName([paths.set]);
if (set === undefined) throw new Error(`there is no feature set ${paths.set}`);
if (!isPinned(set))
  throw new Error(
    `${set.name} changes with every new feature: pin its list in operators/features/pinned-sets.ts first`,
  );

const before2015 = (record: { readonly availableAt: number }): boolean => record.availableAt < developmentEnd;
const now = (): number => Date.now();
const symbols = bundledUniverse;
const bars = (await readSorted({ input: barsFile, kind: "bars", now, symbols })).records.filter(before2015);
const news = (await readSorted({ input: newsFile, kind: "news", now, symbols })).records.filter(before2015);

const reader = await openSentimentReader(sentimentDirectory);
const { before, writer } = wayTo(stages, "features");
const computed = await runOffline(
  [...before, writer],
  { "market.bars": bars, "news.raw": news },
  {
    settings: { featureSets: [set.name] },
    routers: { sentiment: reader.router },
    onProgress: (stage, inputs) => {
      if (inputs % 10_000 === 0) console.error(`${stage}: ${inputs} inputs`);
    },
  },
).finally(() => reader.close());
const vectors = recordsOf(computed, "features");

await mkdir(out, { recursive: true });
await pipeline(
  Readable.from(lines(vectors, set.names, nextSessions(bars, findCalendar))),
  createGzip(),
  createWriteStream(join(out, "vectors.csv.gz")),
);
const about = {
  featureSet: set.id,
  featureNames: set.names,
  sentimentModel: reader.model,
  sentimentSha256: reader.sha256,
};
await writeFile(join(out, "vectors.json"), `${JSON.stringify(about, null, 2)}\n`);
console.error(
  `${bars.length} bars, ${news.length} articles, ${recordsOf(computed, "news.sentiment").length} sentiments, ${vectors.length} vectors`,
);
