import { join } from "node:path";
import { Command, Option } from "commander";
import type { Origin } from "../../../schemas/generated/types.js";
import {
  createTagger,
  ingestFile,
  ingestProgress,
  openPublisher,
  readCompanies,
  readSymbolList,
  type IngestKind,
  type IngestSummary,
} from "../../ingest/index.js";
import { openContext, say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { withJson, writeJson } from "../output.js";
import { evaluateTagsCommand } from "./evaluate-tags.js";
import { feedCommand } from "./feeds.js";

interface IngestOptions {
  origin: Origin;
  symbols?: string;
  source?: string;
  interval?: string;
  rejects?: string;
  again?: boolean;
  tag?: true | "missing" | "always";
  companies?: string;
  json?: boolean;
}

export function ingestCommand(): Command {
  const ingest = new Command("ingest").description(
    "Publish news or bars from a file or standard input (JSON Lines or CSV, gzip too).",
  );
  for (const kind of ["news", "bars"] as const) {
    const command = withExitCodes(
      withJson(
        ingest.command(kind),
        "{lines, accepted, duplicates, rejected, rejectedByCode, skipped, unknownSymbols, rejections, …}",
      ),
      {
        done: "every line was accepted; duplicates and symbols that are left out are no fault",
        failed: "the input could not be read to its end, or sending failed",
        partly: "some lines were refused",
        interrupted: "interrupted; the same command goes on from there",
      },
    )
      .description(kind === "news" ? "Articles, headlines or posts, to news.raw." : "OHLCV bars, to market.bars.")
      .argument("<file>", "a file, or - for standard input")
      .addOption(
        new Option("--origin <origin>", "live: known from its arrival on; backfill: known since it was published")
          .choices(["live", "backfill"])
          .default("live"),
      )
      .option("--symbols <file>", "symbol list, one a line, or `any`; default: the symbols of the bundled models")
      .option("--rejects <file>", "write every rejected line here, JSON Lines")
      .option("--again", "publish the file again even if it was published before");
    if (kind === "news") {
      command
        .option("--source <name>", "source of articles that name none")
        .addOption(
          new Option("--tag [when]", "find symbols in headlines: of articles without any (missing), or more (always)")
            .choices(["missing", "always"])
            .preset("missing"),
        )
        .option("--companies <file>", "names for --tag: CSV symbol,name,aliases; default: the bundled list");
    } else command.option("--interval <interval>", "interval of bars that have a time and name none, e.g. 1m");
    command.action((file: string, options: IngestOptions) => ingestOne(kind, file, options));
  }
  ingest.addCommand(feedCommand());
  ingest.addCommand(evaluateTagsCommand());
  return ingest;
}

async function ingestOne(kind: IngestKind, file: string, options: IngestOptions): Promise<void> {
  const tagger = options.tag === undefined ? undefined : createTagger(readCompanies(options.companies));
  const context = await openContext();
  const publisher = await openPublisher(context.config, context.kafka);
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
  let summary: IngestSummary;
  try {
    summary = await ingestFile<IngestKind>({
      kind,
      input: file,
      origin: options.origin,
      now: Date.now,
      symbols: readSymbolList(options.symbols ?? (options.companies === undefined ? undefined : "any")),
      source: options.source,
      interval: options.interval,
      again: options.again,
      rejectsFile: options.rejects,
      stateDirectory: join(context.config.dataDirectory, "checkpoints"),
      progress: ingestProgress(kind, process.stderr, Date.now),
      signal: interrupt.signal,
      tagging: tagger && { tagger, when: options.tag === "always" ? "always" : "missing" },
      send: (records) => publisher.publish({ [kind]: records }),
    });
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error;
    process.exitCode = exitCodes.interrupted;
    const [message, hint] = ["interrupted", hintOf(file)];
    if (options.json) writeJson({ error: { message, hint } });
    else say(`newstape: ${message}\n  → ${hint}`);
    return;
  } finally {
    await publisher.close();
    await context.close();
  }
  if (options.json) writeJson(summary);
  else report(summary, options.rejects);
  process.exitCode = summary.rejected > 0 ? exitCodes.partly : exitCodes.done;
}

const hintOf = (file: string): string =>
  file === "-"
    ? "What was published stays; bring the whole input again, and articles and bars that are there already are left out."
    : "The same command goes on from the last line that was published.";

function report(summary: IngestSummary, rejectsFile: string | undefined): void {
  if (summary.alreadyIngested) say("this file was published before; use --again to publish it again");
  say(
    `${summary.lines} lines: ${summary.accepted} accepted, ${summary.duplicates} duplicates, ${summary.rejected} rejected, ${summary.skipped} skipped`,
  );
  for (const { line, code, reason } of summary.rejections) say(`  line ${line}: ${code}: ${reason}`);
  const more = summary.rejected - summary.rejections.length;
  if (more > 0) say(`  and ${more} more${rejectsFile ? ` in ${rejectsFile}` : "; --rejects FILE keeps them all"}`);
}
