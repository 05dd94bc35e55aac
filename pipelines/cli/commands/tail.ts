import { Command } from "commander";
import { tail } from "../../operations/tail.js";
import { UserError } from "../../runtime/errors.js";
import { openContext, say } from "../context.js";
import { secondInterrupt, withExitCodes } from "../exit-codes.js";
import { untilInterrupted } from "../interrupt.js";
import { topicArgument } from "../names.js";
import { withJson, writeJson } from "../output.js";

interface TailOptions {
  fromBeginning?: boolean;
  count?: number;
  key?: string;
}

export function tailCommand(): Command {
  return withExitCodes(
    withJson(new Command("tail"), "as without it: JSON Lines {partition, offset, timestamp, key, headers, value}"),
    { done: "so many records were printed, or it was stopped", interrupted: secondInterrupt },
  )
    .description("Print a topic's records, decoded, as JSON Lines.")
    .addArgument(topicArgument())
    .option("--from-beginning", "everything that the topic holds, then what arrives")
    .option("-n, --count <number>", "stop after so many records", countOf)
    .option("--key <key>", "only records of this key, e.g. a symbol")
    .addHelpText(
      "after",
      "\nExamples:\n  newstape tail signals --key AAPL\n  newstape tail features.rejected --from-beginning -n 5",
    )
    .action(async (topic: string, options: TailOptions) => {
      const context = await openContext();
      await tail(context, topic, {
        from: options.fromBeginning ? "beginning" : "end",
        key: options.key,
        count: options.count,
        until: untilInterrupted(),
        onWaiting: (physical) => say(`waiting for new records of ${physical}; Ctrl-C ends`),
        onRecord: writeJson,
      });
      await context.close();
    });
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UserError(`--count ${text} is no number of records`, "Give a whole number from 1 on.");
}
