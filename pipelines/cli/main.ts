#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { StackError } from "../../deploy/local/stack.js";
import { packageVersion } from "../../schemas/files.js";
import { UserError } from "../runtime/errors.js";
import { backfillCommand } from "./commands/backfill.js";
import { ingestCommand } from "./commands/ingest.js";
import { migrateCommand } from "./commands/migrate.js";
import { modelsCommand } from "./commands/models.js";
import { runCommand } from "./commands/run.js";
import { downCommand, upCommand } from "./commands/stack.js";
import { startCommand } from "./commands/start.js";
import { statusCommand } from "./commands/status.js";
import { tailCommand } from "./commands/tail.js";
import { topicsCommand } from "./commands/topics.js";
import { say } from "./context.js";

/** The command line; the README's list of commands is compared with this by a test. */
export function createProgram(): Command {
  const program = new Command("newstape")
    .description("Financial news and prices in; sentiment, features, scores, forecasts and signals out.")
    .version(packageVersion)
    .showSuggestionAfterError()
    .showHelpAfterError("(add --help for the usage)");
  for (const command of [
    startCommand(),
    upCommand(),
    downCommand(),
    topicsCommand(),
    migrateCommand(),
    modelsCommand(),
    ingestCommand(),
    backfillCommand(),
    runCommand(),
    statusCommand(),
    tailCommand(),
  ]) {
    program.addCommand(command);
  }
  return program;
}

/** Faults of the user's surroundings are told in plain words; anything else is a defect, and shows its stack. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof UserError) {
    say(`newstape: ${error.message}`);
    if (error.remedy) say(`  → ${error.remedy}`);
    return 1;
  }
  if (error instanceof StackError) say(`newstape: ${error.message}`);
  else say(`newstape: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}

process.env.KAFKAJS_NO_PARTITIONER_WARNING = "1";
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
  // Whatever the failed command had begun must not keep the process alive.
  process.exit();
}
