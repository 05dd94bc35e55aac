import { Command } from "commander";
import { planReset, reset, type ResetPlan } from "../../operations/reset.js";
import { consumersOf, type Part } from "../../stages/part.js";
import { confirm } from "../confirm.js";
import { say } from "../context.js";
import { consumerNames, stageArgument } from "../names.js";
import { withOperations } from "../operations-context.js";
import { withJson, writeJson } from "../output.js";

const number = new Intl.NumberFormat("en-US");

export function resetCommand(): Command {
  return withJson(
    new Command("reset"),
    "{plan: {stages, groups, changelogs, topics, moved: [{part, topics}]}, done, next: [command]}",
  )
    .description(
      "Make a stage and all that follows it start from the beginning: offsets, states and outputs are emptied.",
    )
    .addArgument(stageArgument(consumerNames))
    .option("-y, --yes", "do not ask")
    .option("--dry-run", "show the plan only")
    .addHelpText(
      "after",
      `
The stages must be stopped. The raw topics stay, and so do the rows in the database: its ledgers only grow, and a record
that comes again with the same content is recognised by its id; one with other content is noted in landing_audit.

Examples:
  newstape reset features --dry-run
  newstape reset sentiment --yes`,
    )
    .action((stage: string, options: { yes?: boolean; dryRun?: boolean; json?: boolean }) =>
      withOperations(async (context) => {
        const plan = await planReset(context, stage);
        describe(plan);
        const next = nextCommands(plan, context.parts);
        if (options.dryRun) {
          if (options.json) writeJson({ plan, done: false, next });
          return;
        }
        await confirm(`Reset ${plan.stages.join(", ")}?`, options.yes ?? false);
        await reset(context, plan, (line) => say(`  ${line}`));
        if (options.json) writeJson({ plan, done: true, next });
        say("done; bring the history through again with");
        for (const command of next) say(`  ${command}`);
        say("or go on live with `newstape run all`");
      }),
    );
}

function describe({ stages: names, groups, changelogs, topics, moved }: ResetPlan): void {
  say(`${names.join(", ")}: from the beginning`);
  say(`  offsets forgotten   ${groups.join(", ")}`);
  for (const { topic, keys } of changelogs) say(`  state emptied       ${topic}: ${number.format(keys)} keys`);
  for (const { topic, offsets } of topics) say(`  records deleted     ${topic}: ${number.format(offsets)} offsets`);
  for (const { part, topics: emptied } of moved)
    say(`  ${`${part} moved`.padEnd(19)} to the new beginning of ${emptied.join(", ")}`);
  say("  kept                the raw topics, and all rows in the database (append-only; the same ids are recognised)");
}

/** Stage by stage, which has one order whatever the timing. */
const nextCommands = ({ stages: names }: ResetPlan, parts: readonly Part[]): string[] =>
  consumersOf(parts)
    .filter(({ name, kind }) => names.includes(name) || kind !== "stage")
    .map(({ name }) => `newstape run ${name} --drain`);
