/** Arguments that name a stage or a topic: checked before anything is opened, with a suggestion, and known to the completion. */
import { Argument } from "commander";
import { topicNames } from "../../schemas/topics.js";
import { UserError } from "../runtime/errors.js";
import { consumersOf, rejectersOf, stagesOf } from "../stages/part.js";
import { parts, runnable } from "../stages/parts.js";
import { didYouMean } from "./suggest.js";

export const stageNames: readonly string[] = stagesOf(parts).map(({ name }) => name);
/** Stages, and what else has a place in its inputs. */
export const consumerNames: readonly string[] = consumersOf(parts).map(({ name }) => name);
/** Parts that refuse records: each has a topic of them besides those of the catalogue. */
export const rejecterNames: readonly string[] = rejectersOf(parts);

/** @throws UserError */
export function checkName(what: string, name: string, names: readonly string[]): string {
  if (!names.includes(name)) throw new UserError(`There is no ${what} ${name}`, didYouMean(name, names));
  return name;
}

function named(flags: string, description: string, what: string, names: readonly string[]): Argument {
  return new Argument(flags, description)
    .choices(names)
    .argParser<unknown>((name, before) =>
      flags.includes("...")
        ? [...((before ?? []) as string[]), checkName(what, name, names)]
        : checkName(what, name, names),
    );
}

/** Any number of what `newstape run` can run. */
export const runnableArgument = (): Argument =>
  named("<stage...>", "what to run; all: everything", "stage", [...runnable, "all"]);

export const stageArgument = (names = stageNames): Argument => named("<stage>", "the stage", "stage", names);

export const topicArgument = (): Argument =>
  named("<topic>", "the topic, without the prefix", "topic", [
    ...topicNames,
    ...rejecterNames.map((name) => `${name}.rejected`),
  ]);
