import { Command, Option } from "commander";
import { openInput } from "../../ingest/input.js";
import { ingestProgress } from "../../ingest/progress.js";
import { openSentimentAnalyzer } from "../../offline/analyze-sentiment.js";
import { resumePoint, SentimentOutput } from "../../offline/sentiment-output.js";
import { textFormatOf, textFormats, textLines, type TextFormat, type TextLine } from "../../offline/text-lines.js";
import { say } from "../context.js";
import { positiveInteger } from "../numbers.js";
import { printable, withJson } from "../output.js";

interface SentimentOptions {
  readonly out: string;
  readonly format?: TextFormat;
  readonly model?: string;
  readonly workers?: number;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** Texts that are read together: enough to keep the workers busy, few enough to lose little when it is interrupted. */
const portion = 256;
/** Refused lines that are named one by one. */
const named = 20;

export function sentimentCommand(): Command {
  return withJson(new Command("sentiment"), "{model, read, refused, resumedAfter}, on standard error with --out -")
    .description("Read the sentiment of texts in a file: what the stage would say of each. No server.")
    .argument("<file>", "text (a line each), CSV or JSON Lines (text or headline), gzip too; - is standard input")
    .option("--out <file>", "ends in .jsonl, .csv, .jsonl.gz or .csv.gz; - is JSON Lines to standard output", "-")
    .addOption(
      new Option("--format <name>", "format of the input; default: by its name, else text").choices(textFormats),
    )
    .option("--model <directory>", "artefact of the transformer, or `vader` for none; default: the one served")
    .option("--workers <count>", "worker threads; default: one for each processor", positiveInteger)
    .option("--resume", "go on behind what the output file (.jsonl) holds already")
    .addHelpText(
      "after",
      `
Exit code: 0; 3 when lines were refused (they are named, and have no place in the output); 130 when interrupted, with whole lines written.

Examples:
  newstape sentiment headlines.txt --out sentiment.jsonl
  zcat news.jsonl.gz | newstape sentiment - --format jsonl | jq -r '[.score, .text] | @tsv'`,
    )
    .action(run);
}

async function run(file: string, options: SentimentOptions): Promise<void> {
  const analyzer = await openSentimentAnalyzer(options);
  const input = await openInput(file);
  const counts = { lines: 0, accepted: 0, rejected: 0, duplicates: 0 };
  const progress = ingestProgress("sentiment", process.stderr, Date.now);
  let isInterrupted = false;
  const interrupt = (): void => void (isInterrupted = true);
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  let resumedAfter = 0;
  try {
    if (options.resume) resumedAfter = await resumePoint(options.out, analyzer.model);
    const output = new SentimentOutput(options.out, resumedAfter > 0);
    const flush = async (batch: TextLine[]): Promise<void> => {
      const analyses = await analyzer.analyze(batch.map(({ text }) => text));
      await output.write(analyses.map((analysis, index) => ({ line: batch[index]?.line ?? 0, ...analysis })));
      counts.accepted += batch.length;
      progress.update({ counts, bytes: input.bytesRead(), totalBytes: input.totalBytes });
    };
    let batch: TextLine[] = [];
    for await (const entry of textLines(input, options.format ?? textFormatOf(file))) {
      if (isInterrupted) break;
      if (entry.line <= resumedAfter) continue;
      counts.lines += 1;
      if ("reason" in entry) {
        counts.rejected += 1;
        if (counts.rejected <= named) say(`line ${entry.line}: ${printable(entry.reason)}`);
        continue;
      }
      batch.push(entry);
      if (batch.length < portion) continue;
      await flush(batch);
      batch = [];
    }
    if (!isInterrupted && batch.length > 0) await flush(batch);
    await output.close();
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    progress.stop();
    await input.close();
    await analyzer.close();
  }
  conclude(
    options,
    { model: analyzer.model, read: counts.accepted, refused: counts.rejected, resumedAfter },
    isInterrupted,
  );
}

interface Summary {
  readonly model: string | null;
  readonly read: number;
  readonly refused: number;
  /** Line behind which it went on; 0: from the beginning. */
  readonly resumedAfter: number;
}

function conclude({ json, out, resume }: SentimentOptions, summary: Summary, isInterrupted: boolean): void {
  if (json) (out === "-" ? process.stderr : process.stdout).write(`${JSON.stringify(summary)}\n`);
  else {
    if (summary.refused > named) say(`and ${summary.refused - named} more lines were refused`);
    const behind = resume ? `, from behind line ${summary.resumedAfter}` : "";
    say(`${summary.read.toLocaleString("en-US")} texts read with ${summary.model ?? "VADER alone"}${behind}`);
    if (isInterrupted) say("interrupted; --resume goes on");
  }
  process.exitCode = isInterrupted ? 130 : summary.refused > 0 ? 3 : 0;
}
