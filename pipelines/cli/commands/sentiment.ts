import { Command, Option } from "commander";
import { ingestProgress, Refusals, withRejectsLog, type Rejection } from "../../ingest/index.js";
import { analyzeFile, type SentimentFileSummary } from "../../offline/sentiment-file.js";
import { textFormats, type TextFormat } from "../../offline/text-lines.js";
import { say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { positiveInteger } from "../numbers.js";
import { withRejects } from "../file-options.js";
import { withJson } from "../output.js";
import { refusedCodes, sayRefusals, type ReadFile } from "../refusals.js";

interface SentimentOptions {
  readonly out: string;
  readonly format?: TextFormat;
  readonly model?: string;
  readonly workers?: number;
  readonly resume?: boolean;
  readonly rejects?: string;
  readonly json?: boolean;
}

export function sentimentCommand(): Command {
  const command = withExitCodes(
    withJson(
      new Command("sentiment"),
      "{model, read, refused, resumedAfter, refusals: [{code, count, first, remedy}]}, on standard error with --out -",
    ),
    {
      partly: "lines were refused: they are named, and have no place in the output",
      interrupted: "interrupted, with whole lines written; --resume goes on",
    },
  )
    .description("Read the sentiment of texts in a file, as the stage would. No server.")
    .argument("<file>", "text (a line each), CSV or JSON Lines (text or headline), gzip too; - is standard input")
    .option("--out <file>", "ends in .jsonl, .csv, .jsonl.gz or .csv.gz; - is JSON Lines to standard output", "-")
    .addOption(
      new Option("--format <name>", "format of the input; default: by its name, else text").choices(textFormats),
    )
    .option("--model <directory>", "artefact of the transformer, or `vader` for none; default: the one served")
    .option("--workers <count>", "worker threads; default: one for each processor", positiveInteger)
    .option("--resume", "go on behind what the output file (.jsonl) holds already");
  return withRejects(command)
    .addHelpText(
      "after",
      `
Examples:
  newstape sentiment headlines.txt --out sentiment.jsonl
  zcat news.jsonl.gz | newstape sentiment - --format jsonl | jq -r '[.score, .text] | @tsv'`,
    )
    .action(run);
}

async function run(file: string, options: SentimentOptions): Promise<void> {
  const progress = ingestProgress("sentiment", process.stderr, Date.now);
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const refusals = new Refusals();
  let summary: SentimentFileSummary;
  const analyze = (note: ((name: string, rejection: Rejection) => void) | undefined) =>
    analyzeFile({
      ...options,
      file,
      signal: interrupt.signal,
      onRefused: (rejection) => {
        refusals.add(rejection);
        note?.(file, rejection);
      },
      onProgress: ({ read, refused, ...bytes }) =>
        progress.update({
          counts: { lines: read + refused, accepted: read, rejected: refused, duplicates: 0 },
          ...bytes,
        }),
    });
  try {
    summary = await withRejectsLog(options.rejects, analyze);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    progress.stop();
  }
  const { read, refused } = summary;
  const counted = { lines: read + refused, rejected: refused, ...refusals.counts() };
  conclude(options, summary, [{ name: file, summary: counted }], interrupt.signal.aborted);
}

function conclude(
  { json, out, resume, rejects }: SentimentOptions,
  summary: SentimentFileSummary,
  files: readonly ReadFile[],
  isInterrupted: boolean,
): void {
  if (!json || out !== "-") sayRefusals(files, rejects);
  if (json) {
    const document = JSON.stringify({ ...summary, refusals: refusedCodes(files) });
    (out === "-" ? process.stderr : process.stdout).write(`${document}\n`);
  } else {
    const behind = resume ? `, from behind line ${summary.resumedAfter}` : "";
    say(`${summary.read.toLocaleString("en-US")} texts read with ${summary.model ?? "VADER alone"}${behind}`);
    if (isInterrupted) say("interrupted; --resume goes on");
  }
  process.exitCode = isInterrupted ? exitCodes.interrupted : summary.refused > 0 ? exitCodes.partly : exitCodes.done;
}
