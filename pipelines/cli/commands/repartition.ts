import { Command } from "commander";
import { repartition } from "../../operations/repartition.js";
import { UserError } from "../../runtime/errors.js";
import { SubjectClient } from "../../operations/topics/subjects.js";
import { confirm } from "../confirm.js";
import { say } from "../context.js";
import { withOperations } from "../operations-context.js";
import { withJson, writeJson } from "../output.js";

interface RepartitionCommandOptions {
  partitions: number;
  toPrefix: string;
  yes?: boolean;
  json?: boolean;
}

const number = new Intl.NumberFormat("en-US");

export function repartitionCommand(): Command {
  return withJson(new Command("repartition"), "{partitions, prefix, copied: [{from, to, records}]}")
    .description("Copy everything to topics with another number of partitions, under another prefix.")
    .requiredOption("--partitions <number>", "partitions of every topic but the registry", partitionsOf)
    .requiredOption("--to-prefix <prefix>", "prefix of the new topics and groups")
    .option("-y, --yes", "do not ask")
    .addHelpText(
      "after",
      `
Records (with their time stamps), states and offsets are copied, key by key to the new partitions; the originals stay.
All stages must be stopped, with nothing waiting before them. Interrupted, it is run again with the same words.

Example:
  newstape topics repartition --partitions 12 --to-prefix v2.`,
    )
    .action(({ partitions, toPrefix, yes, json }: RepartitionCommandOptions) =>
      withOperations(async (context) => {
        say(`every topic is copied to ${partitions} partitions under the prefix "${toPrefix}"; the originals stay`);
        await confirm("Copy?", yes ?? false);
        const subjects = new SubjectClient(context.config);
        const copied = await repartition({ ...context, subjects, partitions, toPrefix }, ({ from, to, records }) =>
          say(`  ${from} → ${to}: ${number.format(records)} records`),
        );
        if (json) writeJson({ partitions, prefix: toPrefix, copied });
        say("done; from now on set, for every process and every reader of the topics,");
        say(`  NEWSTAPE_PARTITIONS=${partitions} NEWSTAPE_TOPIC_PREFIX=${toPrefix}`);
        say("and delete the old topics once all is well.");
      }),
    );
}

function partitionsOf(text: string): number {
  const partitions = Number(text);
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= 1024) return partitions;
  throw new UserError(`--partitions ${text} is no number of partitions`, "Give a whole number from 1 to 1024.");
}
