import { join } from "node:path";
import { Command, Option } from "commander";
import type { Origin } from "../../../schemas/generated/types.js";
import { ingestFile, ingestProgress, openPublisher, type IngestKind, type IngestSummary } from "../../ingest/index.js";
import { openContext, say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { readOptions, withFileOptions, type FileOptions } from "../file-options.js";
import { withJson, writeJson } from "../output.js";
import { refusedCodes, sayRefusals } from "../refusals.js";
import { companiesDescription, taggerFrom } from "../tagger-options.js";
import { chosenUniverse, withUniverse, type UniverseOptions } from "../universe-option.js";
import { evaluateTagsCommand } from "./evaluate-tags.js";
import { feedCommand } from "./feeds.js";

interface IngestOptions extends FileOptions, UniverseOptions {
  origin: Origin;
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
    const command = withExitCodes(
      withJson(
        withUniverse(ingest.command(kind)),
        "{lines, accepted, duplicates, rejected, rejectedByCode, skipped, unknownSymbols, rejections, refused: [{code, count, first, remedy}], unreadColumns, …}",
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
      .option("--again", "publish the file again even if it was published before");
    if (kind === "news") {
      command
        .option("--source <name>", "source of articles that name none")
        .addOption(
          new Option("--tag [when]", "find symbols in headlines: of articles without any (missing), or more (always)")
            .choices(["missing", "always"])
            .preset("missing"),
        )
        .option("--companies <file>", companiesDescription);
    }
    withFileOptions(command, [kind]);
    command.action((file: string, options: IngestOptions) => ingestOne(kind, file, options));
  }
  ingest.addCommand(feedCommand());
  ingest.addCommand(evaluateTagsCommand());
  return ingest;
}

async function ingestOne(kind: IngestKind, file: string, options: IngestOptions): Promise<void> {
  const universe = chosenUniverse(options);
  const tagger = options.tag === undefined ? undefined : taggerFrom(options.companies, universe);
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
      symbols: universe,
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
  const files = [{ name: file, summary }];
  if (options.json) writeJson({ ...summary, refused: refusedCodes(files) });
  else {
    if (summary.alreadyIngested) say("this file was published before; use --again to publish it again");
    const { lines, accepted, duplicates, rejected, skipped } = summary;
    say(`${lines} lines: ${accepted} accepted, ${duplicates} duplicates, ${rejected} rejected, ${skipped} skipped`);
  }
  sayRefusals(files, options.rejects);
  process.exitCode = summary.rejected > 0 ? exitCodes.partly : exitCodes.done;
}

const hintOf = (file: string): string =>
  file === "-"
    ? "What was published stays; bring the whole input again, and articles and bars that are there already are left out."
    : "The same command goes on from the last line that was published.";
