import { Command } from "commander";
import { backfill } from "../../backfill/backfill.js";
import { readSymbolList } from "../../ingest/index.js";
import { UserError } from "../../runtime/errors.js";
import { backfillProgress } from "../backfill-progress.js";
import { openContext, say } from "../context.js";

interface BackfillCommandOptions {
  news?: string;
  bars?: string;
  symbols?: string;
  slice: number;
}

export function backfillCommand(): Command {
  return new Command("backfill")
    .description(
      "Load history and bring it through all stages, one after the other: the same input gives the same records.",
    )
    .option("--news <file>", "news, JSON Lines or CSV, gzip too")
    .option("--bars <file>", "bars, CSV or JSON Lines, gzip too")
    .option("--symbols <file>", "symbol list, one a line, or `any`; default: the symbols of the bundled models")
    .option(
      "--slice <records>",
      "most records of both files in one slice of time",
      (text) => Number.parseInt(text, 10),
      500_000,
    )
    .action(async (options: BackfillCommandOptions) => {
      if (!options.news && !options.bars)
        throw new UserError("There is nothing to load", "Name a file with --news or --bars.");
      const context = await openContext({ logLevel: "warn" });
      try {
        const { loaded, rejected } = await backfill({
          ...context,
          newsFile: options.news,
          barsFile: options.bars,
          symbols: readSymbolList(options.symbols),
          sliceRecords: options.slice,
          progress: backfillProgress(),
        });
        if (!loaded) say("this history was loaded before; nothing was added");
        if (rejected > 0) process.exitCode = 3;
      } finally {
        await context.close();
      }
    });
}
