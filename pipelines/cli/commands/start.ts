import { Command } from "commander";
import { bundledSlice } from "../../../schemas/files.js";
import type { Universe } from "../../ingest/index.js";
import { auditPipeline } from "../../operations/audit.js";
import { withDatabase, type Connection } from "../../operations/connection.js";
import { serve } from "../../operations/serve.js";
import { setUp } from "../../operations/set-up.js";
import { refuseUnfinished } from "../../operations/unfinished.js";
import type { Waiting } from "../../operations/waiting.js";
import { latestSignals } from "../../queries/latest-signals.js";
import { runnable } from "../../stages/parts.js";
import { openContext, say } from "../context.js";
import { exitCodes, secondInterrupt, withExitCodes } from "../exit-codes.js";
import { withFileOptions } from "../file-options.js";
import { untilInterrupted } from "../interrupt.js";
import { loadHistory, type HistoryOptions } from "../load-history.js";
import { withJson, writeJson } from "../output.js";
import { exitWithRefusals, fileNotes, refusedCodes, type ReadFile } from "../refusals.js";
import { showCounts, showSignals } from "../report.js";
import { chosenUniverse, withUniverse } from "../universe-option.js";

interface StartOptions extends HistoryOptions {
  readonly once?: boolean;
  readonly json?: boolean;
}

export function startCommand(): Command {
  const command = withExitCodes(
    withJson(
      withUniverse(new Command("start")),
      "JSON Lines {event: replayed, signals, topics, tables, stages, problems, waiting, refused, files, seconds}, {event: running, metrics}, {event: stopped}",
    ),
    {
      done: "stopped in order; with --once: everything has landed, or came meanwhile and waits",
      failed: "with --once: something is missing, or it failed",
      partly: "as 0, but lines of the files were refused",
      interrupted: secondInterrupt,
    },
  )
    .description(
      "Bring everything up, replay the bundled slice of real data, show what came out, and stay up for live input.",
    )
    .option(
      "--once",
      "stop when all is landed; the exit code is 0 only if nothing is missing (what others published meanwhile may wait)",
    )
    .option("--news <file>", "history of news to load; default, without --bars: the bundled slice")
    .option("--bars <file>", "history of bars to load; default, without --news: the bundled slice")
    .option("--late", "load history, too, that lies before what the stack has reached");
  return withFileOptions(command, ["news", "bars"]).action(async (options: StartOptions) => {
    const started = performance.now();
    // First: a file that is wrong is refused before anything is started.
    const universe = chosenUniverse(options);
    say("Newstape: news and prices in; sentiment, features, scores, forecasts and signals out.\n");
    say("stack");
    const context = await openContext({
      start: true,
      logLevel: process.stderr.isTTY || options.once ? "warn" : "info",
    });
    say(`  Kafka ${context.config.kafka.brokers.join(",")}, schema registry and database are up`);
    const { changes, migrations, models } = await setUp(context);
    say(`  ${changes} changes to topics and schemas, ${migrations} migrations, ${models} new models`);

    await refuseUnfinished(context);
    const { problems, files } = await replayHistory(context, options, universe, started);
    exitWithRefusals(files);
    if (options.once) {
      await context.close();
      if (problems.length > 0) process.exitCode = exitCodes.failed;
      return;
    }
    await stayUp(context, options.json ?? false);
  });
}

interface Replayed {
  /** What is not accounted for. */
  readonly problems: readonly string[];
  readonly files: readonly ReadFile[];
}

/** Loads the history, and shows what came of it. @param universe of files of one's own: the bundled slice keeps to its list */
async function replayHistory(
  context: Connection,
  options: StartOptions,
  universe: Universe | undefined,
  started: number,
): Promise<Replayed> {
  say("replay");
  const isOwn = options.news !== undefined || options.bars !== undefined;
  const { files, drained } = isOwn
    ? await loadHistory(context, options, universe)
    : await loadHistory(context, { ...options, ...bundledSlice }, undefined);
  say();
  const signals = await withDatabase(context, (database) => latestSignals(database, 15));
  const audit = await auditPipeline(context, drained);
  const seconds = (performance.now() - started) / 1000;
  if (options.json) {
    writeJson({
      event: "replayed",
      signals,
      topics: Object.fromEntries(audit.records),
      tables: Object.fromEntries(audit.rows),
      stages: audit.stages,
      problems: audit.problems,
      waiting: audit.waiting,
      refused: refusedCodes(files),
      files: fileNotes(files),
      seconds,
    });
  } else {
    showSignals(signals);
    showCounts(audit);
  }
  say(`\n${seconds.toFixed(0)} s in all. Look further:`);
  say("  npx newstape status                     stages, lag, models");
  say("  npx newstape tail signals --from-beginning --count 3");
  say(
    `  psql "${context.config.databaseUrl.replace(/:[^:@/]*@/, ":***@")}" -c 'SELECT * FROM latest_signals'   (newstape up prints the whole address)`,
  );
  for (const problem of audit.problems) say(`MISSING  ${problem}`);
  for (const waiting of audit.waiting) say(waitingLine(waiting, options.once ?? false));
  return { problems: audit.problems, files };
}

const waitingLine = ({ part, topic, records }: Waiting, isOnce: boolean): string =>
  `waiting  ${records} of ${topic} before ${part}: published after it had begun its part of the replay; ${isOnce ? "the next `newstape start` or `newstape run` takes them" : "taken as soon as the stages run"}`;

async function stayUp(context: Connection, json: boolean): Promise<void> {
  const interrupted = untilInterrupted();
  const http = context.config.http ?? { port: 0, host: "127.0.0.1" };
  const serving = await serve(runnable, { ...context, http });
  if (json) writeJson({ event: "running", metrics: serving.metrics });
  say(`\nAll stages run and wait for live input; metrics at ${serving.metrics ?? ""}. For example:`);
  say(
    `  echo '{"id":"${Math.floor(Date.now() / 1000)}","published_at":"${new Date().toISOString()}","symbols":["AAPL"],"headline":"Apple beats expectations"}' | npx newstape ingest news -`,
  );
  say("Ctrl-C stops the stages; `npx newstape down` stops the stack.");
  try {
    await Promise.race([serving.done, interrupted]);
  } finally {
    say("\nstopping …");
    await serving.stop();
    await context.close();
    if (json) writeJson({ event: "stopped" });
  }
}
