import { Command } from "commander";
import { packageVersion } from "../../schemas/files.js";
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
