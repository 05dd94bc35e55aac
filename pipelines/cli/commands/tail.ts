import { Command } from "commander";
import { topicNames, topics, type TopicName } from "../../../schemas/topics.js";
import { tail } from "../../operations/tail.js";
import { UserError } from "../../runtime/errors.js";
import { openContext, say } from "../context.js";
import { secondInterrupt, withExitCodes } from "../exit-codes.js";
import { untilInterrupted } from "../interrupt.js";
import { topicArgument } from "../names.js";
import { withJson, writeJson } from "../output.js";
import { spellingsGiven } from "../universe-option.js";

interface TailOptions {
  fromBeginning?: boolean;
  count?: number;
  key?: string;
  symbol?: string;
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
    .option("--key <key>", "only records of this key; a symbol in any spelling")
    .option("--symbol <symbol>", "only records of this symbol, in any spelling, whatever the key of the topic is")
    .addHelpText(
      "after",
      "\nExamples:\n  newstape tail signals --key AAPL\n  newstape tail features.rejected --from-beginning -n 5",
    )
    .action(async (topic: string, options: TailOptions) => {
      const context = await openContext();
      await tail(context, topic, {
        from: options.fromBeginning ? "beginning" : "end",
        keys: options.key === undefined ? undefined : keysGiven(topic, options.key),
        symbols: options.symbol === undefined ? undefined : spellingsGiven(options.symbol),
        count: options.count,
        until: untilInterrupted(),
        onWaiting: (physical) => say(`waiting for new records of ${physical}; Ctrl-C ends`),
        onRecord: writeJson,
      });
      await context.close();
    });
}

/** Keys that are symbols may be written in any spelling; others stand for themselves. */
function keysGiven(topic: string, key: string): ReadonlySet<string> {
  const isCatalogued = (topicNames as readonly string[]).includes(topic);
  return isCatalogued && topics[topic as TopicName].key === "symbol" ? spellingsGiven(key) : new Set([key]);
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UserError(`--count ${text} is no number of records`, "Give a whole number from 1 on.");
}
