/**
 * Training vectors for the tree models, made by what serves them: ingest, the sentiment operator with the real encoder,
 * the features operator. Run it from the build: see models/training/README.md.
 *
 *     node dist/models/training/trees/export.js --bars bars.csv.gz --news news.jsonl.gz \
 *       --sentiment models/artifacts/sentiment/minilm-l3/1.0.0 --out vectors
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
import { nyse } from "../../../operators/calendar/nyse.js";
import { featureSet } from "../../../operators/features/feature-set.js";
import { computeFeatures, mergeEvents } from "../../../operators/features/offline.js";
import type { KeyedState } from "../../../operators/operator.js";
import { sentimentOperator } from "../../../operators/sentiment/sentiment.js";
import { readSorted } from "../../../pipelines/ingest/index.js";
import type {
  Bar,
  FeatureVector,
  NewsArticle,
  NewsSentiment,
  SentimentState,
} from "../../../schemas/generated/types.js";
import { loadSentimentClassifier, type LoadedSentimentClassifier } from "../../runtime/sentiment-classifier.js";

/** What lies after it is opened once per release, to judge and never to choose: it is not even read into the vectors. */
const developmentEnd = Date.UTC(2015, 0, 1);

interface Label {
  /** Close time of the next session. */
  readonly nextTime: number;
  /** Simple return to it, adjusted for splits and dividends. */
  readonly nextReturn: number;
}

/** By symbol and close time. A bar that is not followed by the very next session's has no label. */
function labels(bars: readonly Bar[]): Map<string, Label> {
  const found = new Map<string, Label>();
  const latest = new Map<string, Bar>();
  for (const bar of bars) {
    const before = latest.get(bar.symbol);
    if (before !== undefined && nyse.nextClose(before.eventTime) === bar.eventTime) {
      const nextReturn = (bar.close * bar.adjustment) / (before.close * before.adjustment) - 1;
      found.set(`${bar.symbol} ${before.eventTime}`, { nextTime: bar.eventTime, nextReturn });
    }
    latest.set(bar.symbol, bar);
  }
  return found;
}

class PlainState<Value> extends Map<string, Value> implements KeyedState<Value> {}

/** What the sentiment stage would publish for these articles. */
async function readSentiments(
  articles: readonly NewsArticle[],
  classifier: LoadedSentimentClassifier,
): Promise<NewsSentiment[]> {
  const services = { sentiment: { task: "sentiment", pick: () => ({ arm: "champion", model: classifier }) } } as const;
  const state = new PlainState<SentimentState>();
  const sentiments: NewsSentiment[] = [];
  const batchSize = 1000;
  for (let start = 0; start < articles.length; start += batchSize) {
    const batch = articles.slice(start, start + batchSize).map((record) => ({ topic: "news.raw" as const, record }));
    for (const outcome of await sentimentOperator.process(batch, state, services)) {
      if (outcome.kind === "emit") sentiments.push(...outcome.records.map(({ record }) => record));
    }
    if (start % 10_000 === 0) console.error(`${start} of ${articles.length} articles read`);
  }
  return sentiments;
}

function* lines(vectors: readonly FeatureVector[], byBar: ReadonlyMap<string, Label>): Generator<string> {
  yield `${["symbol", "asOf", "barTime", "nextTime", "trigger", "nextReturn", ...featureSet.names].join(",")}\n`;
  for (const { symbol, asOf, barTime, trigger, values } of vectors) {
    const label = byBar.get(`${symbol} ${barTime}`);
    if (label === undefined) continue;
    yield `${[symbol, asOf, barTime, label.nextTime, trigger, label.nextReturn, ...values].join(",")}\n`;
  }
}

const { values: paths } = parseArgs({
  options: {
    bars: { type: "string" },
    news: { type: "string" },
    sentiment: { type: "string" },
    out: { type: "string" },
  },
});
const { bars: barsFile, news: newsFile, sentiment: sentimentDirectory, out } = paths;
if (barsFile === undefined || newsFile === undefined || sentimentDirectory === undefined || out === undefined)
  throw new Error("give --bars, --news, --sentiment and --out");

const before2015 = (record: { readonly availableAt: number }): boolean => record.availableAt < developmentEnd;
const now = (): number => Date.now();
const bars = (await readSorted({ input: barsFile, kind: "bars", now })).records.filter(before2015);
const news = (await readSorted({ input: newsFile, kind: "news", now })).records.filter(before2015);

const classifier = await loadSentimentClassifier(sentimentDirectory);
const sentiments = await readSentiments(news, classifier).finally(() => classifier.close());
const vectors = computeFeatures(mergeEvents(bars, sentiments), { calendar: nyse });

await mkdir(out, { recursive: true });
await pipeline(
  Readable.from(lines(vectors, labels(bars))),
  createGzip(),
  createWriteStream(join(out, "vectors.csv.gz")),
);
const { name, version, sha256 } = classifier.model;
const about = {
  featureSet: featureSet.id,
  featureNames: featureSet.names,
  sentimentModel: `${name}@${version}`,
  sentimentSha256: sha256,
};
await writeFile(join(out, "vectors.json"), `${JSON.stringify(about, null, 2)}\n`);
console.error(
  `${bars.length} bars, ${news.length} articles, ${sentiments.length} sentiments, ${vectors.length} vectors`,
);
