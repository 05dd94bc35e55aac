import { Command } from "commander";
import { backfill } from "../../operations/backfill/backfill.js";
import { drainInProcess } from "../../operations/backfill/drain-process.js";
import { readSymbolList } from "../../ingest/index.js";
import { refuseUnfinished } from "../../operations/unfinished.js";
import { UserError } from "../../runtime/errors.js";
import { backfillProgress } from "../backfill-progress.js";
import { openContext, say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { withJson, writeJson } from "../output.js";

interface BackfillCommandOptions {
  news?: string;
  bars?: string;
  symbols?: string;
  slice: number;
  json?: boolean;
}

export function backfillCommand(): Command {
  return withExitCodes(withJson(new Command("backfill"), "{loaded, rejected, seconds}"), {
    partly: "everything else was loaded, but lines were refused",
  })
    .description(
      "Load history and bring it through all stages, one after the other: the same input gives the same records.",
    )
    .option("--news <file>", "news, JSON Lines or CSV, gzip too")
    .option("--bars <file>", "bars, CSV or JSON Lines, gzip too")
    .option("--symbols <file>", "symbol list, one a line, or `any`; default: the symbols of the bundled models")
    .option("--slice <records>", "most records of both files in one slice of time", sliceOf, 500_000)
    .action(async (options: BackfillCommandOptions) => {
      if (!options.news && !options.bars)
        throw new UserError("There is nothing to load", "Name a file with --news or --bars.");
      const started = performance.now();
      const context = await openContext({ logLevel: "warn" });
      try {
        await refuseUnfinished(context);
        const { loaded, rejected } = await backfill({
          ...context,
          newsFile: options.news,
          barsFile: options.bars,
          symbols: readSymbolList(options.symbols),
          sliceRecords: options.slice,
          progress: backfillProgress(),
          drain: drainInProcess(context.config),
        });
        if (!loaded) say("this history was loaded before; nothing was added");
        if (options.json) writeJson({ loaded, rejected, seconds: (performance.now() - started) / 1000 });
        if (rejected > 0) process.exitCode = exitCodes.partly;
      } finally {
        await context.close();
      }
    });
}

function sliceOf(text: string): number {
  const records = Number(text);
  if (Number.isInteger(records) && records > 0) return records;
  throw new UserError(`--slice ${text} is no number of records`, "Give a whole number from 1 on.");
}
