import { openInput } from "../ingest/input.js";
import type { Rejection } from "../ingest/outcome.js";
import { openSentimentAnalyzer, type AnalyzerOptions } from "./analyze-sentiment.js";
import { resumePoint, SentimentOutput } from "./sentiment-output.js";
import { textFormatOf, textLines, type TextFormat, type TextLine } from "./text-lines.js";

/** Texts that are read together: enough to keep the workers busy, few enough to lose little when it is interrupted. */
const portion = 256;

export interface SentimentFileOptions extends AnalyzerOptions {
  /** - is standard input. */
  readonly file: string;
  /** - is standard output. */
  readonly out: string;
  /** Of the input; default: by its name. */
  readonly format?: TextFormat | undefined;
  /** Go on behind what the output holds already. */
  readonly resume?: boolean | undefined;
  /** Aborted: what was begun is written, and nothing more is read. */
  readonly signal: AbortSignal;
  readonly onRefused: (rejection: Rejection) => void;
  readonly onProgress: (progress: SentimentFileProgress) => void;
}

export interface SentimentFileProgress {
  readonly read: number;
  readonly refused: number;
  /** Bytes of the input so far, as stored. */
  readonly bytes: number;
  /** Undefined for a stream. */
  readonly totalBytes: number | undefined;
}

export interface SentimentFileSummary {
  readonly model: string | null;
  readonly read: number;
  readonly refused: number;
  /** Line behind which it went on; 0: from the beginning. */
  readonly resumedAfter: number;
}

/** Reads the sentiment of the texts in a file, in portions, and writes one of each line that holds a text. */
export async function analyzeFile(options: SentimentFileOptions): Promise<SentimentFileSummary> {
  const { file, out, signal, onProgress, onRefused } = options;
  const analyzer = await openSentimentAnalyzer(options);
  const input = await openInput(file);
  const { model } = analyzer;
  try {
    const resumedAfter = options.resume ? await resumePoint(out, model) : 0;
    const output = new SentimentOutput(out, resumedAfter > 0);
    let [read, refused] = [0, 0];
    let batch: TextLine[] = [];
    const flush = async (): Promise<void> => {
      const lines = batch;
      batch = [];
      const analyses = await analyzer.analyze(lines.map(({ text }) => text));
      await output.write(analyses.map((analysis, index) => ({ line: lines[index]?.line ?? 0, ...analysis })));
      read += lines.length;
      onProgress({ read, refused, bytes: input.bytesRead(), totalBytes: input.totalBytes });
    };
    for await (const entry of textLines(input, options.format ?? textFormatOf(file))) {
      if (signal.aborted) break;
      if (entry.line <= resumedAfter) continue;
      if ("reason" in entry) {
        refused += 1;
        onRefused(entry);
        continue;
      }
      batch.push(entry);
      if (batch.length >= portion) await flush();
    }
    if (!signal.aborted && batch.length > 0) await flush();
    await output.close();
    return { model, read, refused, resumedAfter };
  } finally {
    await input.close();
    await analyzer.close();
  }
}
