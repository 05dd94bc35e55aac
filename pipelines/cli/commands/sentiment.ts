import { Command, Option } from "commander";
import { ingestProgress } from "../../ingest/progress.js";
import { analyzeFile, type SentimentFileSummary } from "../../offline/sentiment-file.js";
import { textFormats, type TextFormat } from "../../offline/text-lines.js";
import { say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
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

/** Refused lines that are named one by one. */
const named = 20;

export function sentimentCommand(): Command {
  return withExitCodes(
    withJson(new Command("sentiment"), "{model, read, refused, resumedAfter}, on standard error with --out -"),
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
    .option("--resume", "go on behind what the output file (.jsonl) holds already")
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
  let refusals = 0;
  let summary: SentimentFileSummary;
  try {
    summary = await analyzeFile({
      ...options,
      file,
      signal: interrupt.signal,
      onRefused: (line, reason) => {
        refusals += 1;
        if (refusals <= named) say(`line ${line}: ${printable(reason)}`);
      },
      onProgress: ({ read, refused, ...bytes }) =>
        progress.update({
          counts: { lines: read + refused, accepted: read, rejected: refused, duplicates: 0 },
          ...bytes,
        }),
    });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    progress.stop();
  }
  conclude(options, summary, interrupt.signal.aborted);
}

function conclude(
  { json, out, resume }: SentimentOptions,
  summary: SentimentFileSummary,
  isInterrupted: boolean,
): void {
  if (json) (out === "-" ? process.stderr : process.stdout).write(`${JSON.stringify(summary)}\n`);
  else {
    if (summary.refused > named) say(`and ${summary.refused - named} more lines were refused`);
    const behind = resume ? `, from behind line ${summary.resumedAfter}` : "";
    say(`${summary.read.toLocaleString("en-US")} texts read with ${summary.model ?? "VADER alone"}${behind}`);
    if (isInterrupted) say("interrupted; --resume goes on");
  }
  process.exitCode = isInterrupted ? exitCodes.interrupted : summary.refused > 0 ? exitCodes.partly : exitCodes.done;
}
