import { join } from "node:path";
import { Command, Option } from "commander";
import type { Origin } from "../../../schemas/generated/types.js";
import {
  createTagger,
  ingestExitCode,
  ingestFile,
  ingestProgress,
  openPublisher,
  readCompanies,
  readSymbolList,
  type IngestKind,
  type IngestSummary,
} from "../../ingest/index.js";
import { openContext, say } from "../context.js";
import { readOptions, withFileOptions, type FileOptions } from "../file-options.js";
import { withJson, writeJson } from "../output.js";
import { refusedCodes, sayRefusals } from "../refusals.js";
import { evaluateTagsCommand } from "./evaluate-tags.js";
import { feedCommand } from "./feeds.js";

interface IngestOptions extends FileOptions {
  origin: Origin;
  symbols?: string;
  source?: string;
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
    const command = withJson(
      ingest.command(kind),
      "{lines, accepted, duplicates, rejected, rejectedByCode, skipped, unknownSymbols, rejections, refused: [{code, count, first, remedy}], unreadColumns, …}",
    )
      .description(kind === "news" ? "Articles, headlines or posts, to news.raw." : "OHLCV bars, to market.bars.")
      .argument("<file>", "a file, or - for standard input")
      .addOption(
        new Option("--origin <origin>", "live: known from its arrival on; backfill: known since it was published")
          .choices(["live", "backfill"])
          .default("live"),
      )
      .option("--symbols <file>", "symbol list, one a line, or `any`; default: the symbols of the bundled models")
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
    }
    withFileOptions(command, [kind]);
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
      ...readOptions(options, kind),
      again: options.again,
      rejectsFile: options.rejects,
      stateDirectory: join(context.config.dataDirectory, "checkpoints"),
      progress: ingestProgress(kind, process.stderr, Date.now),
      signal: interrupt.signal,
      tagging: tagger && { tagger, when: options.tag === "always" ? "always" : "missing" },
      send: (records) => publisher.publish({ [kind]: records }),
    });
  } finally {
    await publisher.close();
    await context.close();
  }
  const files = [{ name: file, summary }];
  if (options.json) writeJson({ ...summary, refused: refusedCodes(files) });
  else {
    if (summary.alreadyIngested) say("this file was published before; use --again to publish it again");
    const { lines, accepted, duplicates, rejected, skipped } = summary;
    say(`${lines} lines: ${accepted} accepted, ${duplicates} duplicates, ${rejected} rejected, ${skipped} skipped`);
  }
  sayRefusals(files, options.rejects);
  process.exitCode = ingestExitCode(summary);
}
