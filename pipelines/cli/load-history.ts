import { withRejectsLog, type Universe } from "../ingest/index.js";
import { backfill, type BackfillResult } from "../operations/backfill/backfill.js";
import { drainInProcess } from "../operations/backfill/drain-process.js";
import { lateHistory, refusalOfLate } from "../operations/backfill/reached.js";
import { withDatabase, type Connection } from "../operations/connection.js";
import { backfillProgress } from "./backfill-progress.js";
import { say } from "./context.js";
import { readOptions, type FileOptions } from "./file-options.js";
import type { UniverseOptions } from "./universe-option.js";

export interface HistoryOptions extends FileOptions, UniverseOptions {
  readonly news?: string | undefined;
  readonly bars?: string | undefined;
  /** Load what lies before the moment that the stack has reached, too. */
  readonly late?: boolean | undefined;
  readonly slice?: number | undefined;
}

/**
 * Loads history as `backfill` and `start` do: says how the files were read before anything is loaded.
 *
 * @param universe undefined: the bundled list for the bundled slice, any symbols for other files
 */
export async function loadHistory(
  context: Connection,
  options: HistoryOptions,
  universe: Universe | undefined,
): Promise<BackfillResult> {
  const areTwo = options.news !== undefined && options.bars !== undefined;
  const result = await withRejectsLog(options.rejects, (onRejected) =>
    backfill({
      ...context,
      newsFile: options.news,
      barsFile: options.bars,
      symbols: universe,
      readNews: readOptions(options, "news", areTwo),
      readBars: readOptions(options, "bars", areTwo),
      onRejected,
      sliceRecords: options.slice,
      progress: backfillProgress(options.rejects),
      drain: drainInProcess(context.config),
      checkNew: async ({ news, bars }) => {
        if (options.late) return;
        const late = await withDatabase(context, (database) =>
          database.transaction((client) => lateHistory(client, news, bars)),
        );
        if (late) throw refusalOfLate(late);
      },
    }),
  );
  if (result.unusable !== undefined) say(`  nothing of ${result.unusable} can be taken: nothing was loaded`);
  else if (!result.loaded) say("  this history was loaded before; nothing was added");
  return result;
}
