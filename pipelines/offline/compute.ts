import type { FeatureSet } from "../../operators/features/feature-set.js";
import {
  MapOfTwo,
  readSorted,
  type IngestSummary,
  type ReadOptions,
  type Rejection,
  type Universe,
} from "../ingest/index.js";
import type { AnyStage } from "../runtime/stage/definition.js";
import { stages } from "../stages/index.js";
import { runOffline, stageOutputs, type OfflineRecords } from "./run.js";
import { openSentimentReader } from "./sentiment-reader.js";
import { openVectorFile } from "./vector-files.js";
import { derivedTopics, wayTo } from "./wiring.js";

export interface ComputeOptions {
  readonly barsFile: string;
  readonly newsFile?: string | undefined;
  readonly symbols?: Universe | undefined;
  /** How each file is read. */
  readonly readBars?: Partial<ReadOptions<"bars">> | undefined;
  readonly readNews?: Partial<ReadOptions<"news">> | undefined;
  readonly onRejected?: ((file: string, rejection: Rejection) => void) | undefined;
  /** Called once the files are read, before anything is computed. */
  readonly onRead?: ((files: readonly { name: string; summary: IngestSummary }[]) => void) | undefined;
  readonly set: FeatureSet;
  /** Artefact of the transformer; undefined: VADER alone. */
  readonly sentimentDirectory?: string | undefined;
  /** See `openVectorFile`. */
  readonly out: string;
  /** Leave out vectors as of before, or from this moment on (ms since 1970); they still warm up what comes after. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly onStep?: ((step: string, records: number, seconds: number) => void) | undefined;
}

export interface ComputeSummary {
  readonly featureSet: string;
  readonly rows: number;
  readonly bars: IngestSummary;
  readonly news: IngestSummary | undefined;
  /** Inputs that gave no vector, by outcome or code. */
  readonly others: Readonly<Record<string, number>>;
}

type Timed = <Value>(
  step: string,
  count: (value: Value) => number,
  work: () => Promise<Value> | Value,
) => Promise<Value>;

/** Feature vectors of plain files, by the stages that lead to them. */
export async function computeFeatureFile(options: ComputeOptions): Promise<ComputeSummary> {
  const { set, onStep = () => undefined } = options;
  const timed: Timed = async (step, count, work) => {
    const started = performance.now();
    const value = await work();
    onStep(step, count(value), (performance.now() - started) / 1000);
    return value;
  };
  const { bars, news } = await readFiles(options, timed);
  options.onRead?.([
    { name: options.barsFile, summary: bars.summary },
    ...(news ? [{ name: options.newsFile ?? "", summary: news.summary }] : []),
  ]);
  const inputs: OfflineRecords = { "market.bars": bars.records, "news.raw": news?.records ?? [] };
  const { before, writer } = wayTo(stages, "features");
  const reader = await openSentimentReader(options.sentimentDirectory);
  const computed = await runOffline(before, inputs, {
    settings: { featureSets: [set.name] },
    routers: { sentiment: reader.router },
    onStage: (stage, outputs, seconds) => onStep(derivedTopics([stage]).join(", "), outputs, seconds),
  }).finally(() => reader.close());
  const others: Record<string, number> = {};
  const rows = await timed(
    "vectors written",
    (count) => count,
    () => writeVectors(options, writer, { ...inputs, ...computed }, others),
  );
  return { featureSet: set.id, rows, bars: bars.summary, news: news?.summary, others };
}

async function readFiles(options: ComputeOptions, timed: Timed) {
  const { barsFile, newsFile, symbols, readBars, readNews, onRejected } = options;
  const mapOfTwo = newsFile === undefined ? undefined : new MapOfTwo();
  const read = { now: Date.now, symbols, mapOfTwo };
  const noteOf = (file: string) => (rejection: Rejection) => onRejected?.(file, rejection);
  const bars = await timed(
    "bars read",
    ({ records }) => records.length,
    () => readSorted({ ...read, ...readBars, kind: "bars", input: barsFile, onRejected: noteOf(barsFile) }),
  );
  if (newsFile === undefined) return { bars, news: undefined };
  const news = await timed(
    "articles read",
    ({ records }) => records.length,
    () => readSorted({ ...read, ...readNews, kind: "news", input: newsFile, onRejected: noteOf(newsFile) }),
  );
  mapOfTwo?.refuseAbsent();
  return { bars, news };
}

/** Batch by batch, so that no file is too large. @param others counts what gave no vector */
async function writeVectors(
  { set, out, from = -Infinity, to = Infinity }: ComputeOptions,
  stage: AnyStage,
  records: OfflineRecords,
  others: Record<string, number>,
): Promise<number> {
  const file = openVectorFile(out, set);
  let count = 0;
  const services = { settings: { featureSets: [set.name] }, routers: {} };
  const batches = stageOutputs(stage, records, services, (_, outcome) => {
    const name = outcome.kind === "reject" ? outcome.code : outcome.kind;
    others[name] = (others[name] ?? 0) + 1;
  });
  for await (const outputs of batches) {
    for (const { topic, record } of outputs) {
      if (topic !== "features" || record.asOf < from || record.asOf >= to) continue;
      count += 1;
      const full = file.write(record);
      if (full) await full;
    }
  }
  await file.close();
  return count;
}
