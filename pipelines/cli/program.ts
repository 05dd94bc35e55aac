import { Command } from "commander";
import { packageVersion } from "../../schemas/files.js";
import { backfillCommand } from "./commands/backfill.js";
import { backupCommand, restoreCommand } from "./commands/backup.js";
import { completionCommand } from "./commands/completion.js";
import { doctorCommand } from "./commands/doctor.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { featuresCommand } from "./commands/features.js";
import { ingestCommand } from "./commands/ingest.js";
import { leakcheckCommand } from "./commands/leakcheck.js";
import { migrateCommand } from "./commands/migrate.js";
import { modelsCommand } from "./commands/models.js";
import { rebuildCommand } from "./commands/rebuild.js";
import { rejectedCommand } from "./commands/rejected.js";
import { replayCommand } from "./commands/replay.js";
import { resetCommand } from "./commands/reset.js";
import { runCommand } from "./commands/run.js";
import { downCommand, upCommand } from "./commands/stack.js";
import { startCommand } from "./commands/start.js";
import { sentimentCommand } from "./commands/sentiment.js";
import { simulateCommand } from "./commands/simulate.js";
import { statusCommand } from "./commands/status.js";
import { tailCommand } from "./commands/tail.js";
import { topicsCommand } from "./commands/topics.js";
import { universeCommand } from "./commands/universe.js";
import { exitCodeHelp } from "./exit-codes.js";
import { useConfiguredCalendars } from "../config.js";
import { asksForJson } from "./output.js";

/** Commands by what one wants to do, in the order of the help. */
const groups: Readonly<Record<string, readonly (() => Command)[]>> = {
  "Begin:": [startCommand, upCommand, downCommand],
  "Set up:": [topicsCommand, migrateCommand, modelsCommand],
  "Bring in:": [universeCommand, ingestCommand, simulateCommand, backfillCommand],
  "Run and look:": [runCommand, statusCommand, tailCommand, featuresCommand, sentimentCommand],
  "Check:": [replayCommand, leakcheckCommand, evaluateCommand],
  "Mend:": [doctorCommand, rejectedCommand, resetCommand, rebuildCommand, backupCommand, restoreCommand],
  "Shell:": [completionCommand],
};

const examples = `
Examples:
  newstape start                                everything from nothing, with three months of real data
  newstape status --watch                       stages, lag and rates, redrawn in place
  newstape tail signals --key AAPL              signals of Apple, as they come
  newstape doctor --fix-hints                   what is wrong, and which command mends it
  source <(newstape completion bash)            completion of commands, stages and topics

\`newstape <command> --help\` shows a command's options; nearly all have --json.`;

/** The command line; the table in pipelines/cli/README.md is made from it. */
export function createProgram(): Command {
  const program = new Command("newstape")
    .description("Financial news and prices in; sentiment, features, scores, forecasts and signals out.")
    .version(packageVersion)
    .addHelpText("after", examples)
    // Whatever a command reads, it judges by the calendars that the environment names.
    .hook("preAction", () => useConfiguredCalendars());
  for (const [heading, commands] of Object.entries(groups)) {
    for (const create of commands) program.addCommand(create().helpGroup(heading));
  }
  program.addHelpCommand(
    new Command("help").argument("[command]").description("Show a command's help.").helpGroup("Shell:"),
  );
  prepare(program);
  return program;
}

/** What every command has in common; commander does not hand it down to commands that were made elsewhere. */
function prepare(command: Command): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(asksForJson(process.argv.slice(2)) ? false : "(add --help for the usage)")
    .configureHelp({ subcommandTerm: (child) => [child.name(), ...child.registeredArguments.map(usageOf)].join(" ") })
    // With --json the error is a document, written by whoever catches it.
    .configureOutput({
      outputError: (text, write) => {
        if (!asksForJson(process.argv.slice(2))) write(text);
      },
    });
  if (command.commands.length === 0) command.addHelpText("after", exitCodeHelp(command));
  for (const child of command.commands) prepare(child);
}

function usageOf(argument: Command["registeredArguments"][number]): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}
