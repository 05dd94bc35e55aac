import type { FeatureSet } from "../../operators/features/feature-set.js";
import { readSorted, type IngestSummary, type SymbolList } from "../ingest/index.js";
import { offlineContexts, offlineSentiments, offlineVectors } from "./chain.js";
import { openSentimentReader } from "./sentiment-reader.js";
import { openVectorFile } from "./vector-files.js";

export interface ComputeOptions {
  readonly barsFile: string;
  readonly newsFile?: string | undefined;
  readonly symbols?: SymbolList | undefined;
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

/** Feature vectors of plain files, by the operators of the stages. */
export async function computeFeatureFile(options: ComputeOptions): Promise<ComputeSummary> {
  const { onStep = () => undefined } = options;
  const timed = async <Value>(step: string, count: (value: Value) => number, work: () => Promise<Value> | Value) => {
    const started = performance.now();
    const value = await work();
    onStep(step, count(value), (performance.now() - started) / 1000);
    return value;
  };
  const read = { now: Date.now, symbols: options.symbols };
  const bars = await timed(
    "bars read",
    ({ records }) => records.length,
    () => readSorted({ kind: "bars", input: options.barsFile, ...read }),
  );
  const { newsFile } = options;
  const news =
    newsFile === undefined
      ? undefined
      : await timed(
          "articles read",
          ({ records }) => records.length,
          () => readSorted({ kind: "news", input: newsFile, ...read }),
        );
  const reader = await openSentimentReader(options.sentimentDirectory);
  const sentiments = await timed(
    "sentiments",
    ({ length }) => length,
    () => offlineSentiments(news?.records ?? [], reader.router),
  ).finally(() => reader.close());
  const contexts = await timed(
    "cross-sections",
    ({ length }) => length,
    () => offlineContexts(bars.records),
  );
  const others: Record<string, number> = {};
  const rows = await timed(
    "vectors written",
    (count) => count,
    async () => {
      const file = openVectorFile(options.out, options.set);
      const { from = -Infinity, to = Infinity } = options;
      let count = 0;
      const vectors = offlineVectors({ bars: bars.records, sentiments, contexts }, [options.set], (_, outcome) => {
        const name = outcome.kind === "reject" ? outcome.code : outcome.kind;
        others[name] = (others[name] ?? 0) + 1;
      });
      for (const vector of vectors) {
        if (vector.asOf < from || vector.asOf >= to) continue;
        count += 1;
        const full = file.write(vector);
        if (full) await full;
      }
      await file.close();
      return count;
    },
  );
  return { featureSet: options.set.id, rows, bars: bars.summary, news: news?.summary, others };
}
