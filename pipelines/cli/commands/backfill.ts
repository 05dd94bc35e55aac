import { Command } from "commander";
import { prepare } from "../../operations/backfill/prepared.js";
import { refuseUnfinished } from "../../operations/unfinished.js";
import { UserError } from "../../runtime/errors.js";
import { openContext } from "../context.js";
import { withExitCodes } from "../exit-codes.js";
import { withFileOptions } from "../file-options.js";
import { loadHistory, type HistoryOptions } from "../load-history.js";
import { withJson, writeJson } from "../output.js";
import { exitWithRefusals, fileNotes, refusedCodes } from "../refusals.js";
import { universeFor, withUniverse } from "../universe-option.js";

interface BackfillCommandOptions extends HistoryOptions {
  readonly json?: boolean;
}

export function backfillCommand(): Command {
  const command = withExitCodes(
    withJson(
      withUniverse(new Command("backfill")),
      "{loaded, rejected, seconds, refused: [{file, code, count, first, remedy}], files: [{file, unreadColumns, remarks}]}",
    ),
    { partly: "everything else was loaded, but lines were refused" },
  )
    .description(
      "Load history and bring it through all stages, one after the other: the same input gives the same records.",
    )
    .option("--news <file>", "news, JSON Lines or CSV, gzip too")
    .option("--bars <file>", "bars, CSV or JSON Lines, gzip too")
    .option("--late", "load history, too, that lies before what the stack has reached")
    .option("--slice <records>", "most records of both files in one slice of time", sliceOf, 500_000);
  return withFileOptions(command, ["news", "bars"]).action(run);
}

async function run(options: BackfillCommandOptions): Promise<void> {
  if (!options.news && !options.bars)
    throw new UserError("There is nothing to load", "Name a file with --news or --bars.");
  const started = performance.now();
  const universe = universeFor(
    options,
    [options.news, options.bars].filter((file) => file !== undefined),
  );
  const context = await openContext({ logLevel: "warn" });
  try {
    await refuseUnfinished(context);
    await prepare(context);
    const { loaded, rejected, files } = await loadHistory(context, options, universe);
    const seconds = (performance.now() - started) / 1000;
    if (options.json) writeJson({ loaded, rejected, seconds, refused: refusedCodes(files), files: fileNotes(files) });
    exitWithRefusals(files);
  } finally {
    await context.close();
  }
}

function sliceOf(text: string): number {
  const records = Number(text);
  if (Number.isInteger(records) && records > 0) return records;
  throw new UserError(`--slice ${text} is no number of records`, "Give a whole number from 1 on.");
}
