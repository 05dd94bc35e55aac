import { Command } from "commander";
import { noRouters } from "../../../models/runtime/routers.js";
import { modelsForRebuild, planRebuild, rebuild, statefulStage, type RebuildPlan } from "../../operations/rebuild.js";
import { refuseUnfinished } from "../../operations/unfinished.js";
import { startModelService } from "../../serving/model-service.js";
import { stages } from "../../stages/index.js";
import { confirm } from "../confirm.js";
import { say } from "../context.js";
import { stageArgument } from "../names.js";
import { withOperations } from "../operations-context.js";
import { withJson, writeJson } from "../output.js";

export function rebuildCommand(): Command {
  return withJson(
    new Command("rebuild"),
    "{plan: {stage, changelog, inputs: [{topic, partition, from, to, since}], truncated}, tasks: [{task, records, keys, rejected}]}",
  )
    .description("Make a stage's keyed state anew from the log of its inputs, without publishing anything again.")
    .addArgument(stageArgument())
    .option("-y, --yes", "do not ask")
    .option("--dry-run", "show how far the log reaches only")
    .addHelpText(
      "after",
      `
The stage must be stopped; its offsets stay where they are. Bars are taken in by event time, so that one that was rejected
as BAR_TOO_OLD finds its place. What retention has deleted cannot be seen: the plan shows how far the log reaches.

Example:
  newstape rebuild features`,
    )
    .action((name: string, options: { yes?: boolean; dryRun?: boolean; json?: boolean }) =>
      withOperations(async (context) => {
        const stage = statefulStage(stages, name);
        await refuseUnfinished(context);
        const plan = await planRebuild(context, stage);
        describe(plan);
        if (options.dryRun) {
          if (options.json) writeJson({ plan, tasks: [] });
          return;
        }
        await confirm(`Rebuild the state of ${name}?`, options.yes ?? false);
        const tasks = modelsForRebuild(stage);
        const models = tasks.length > 0 ? await startModelService({ ...context, tasks }) : undefined;
        try {
          const rebuilt = await rebuild({ ...context, routers: models?.routers ?? noRouters }, stage, (task) => {
            const { added, changed, same, removed } = task.keys;
            const rejected = Object.entries(task.rejected).map(([code, count]) => `, ${count} ${code}`);
            say(
              `  task ${task.task}: ${task.records} records; keys: ${added} added, ${changed} changed, ${same} the same, ${removed} removed${rejected.join("")}`,
            );
          });
          if (options.json) writeJson({ plan, tasks: rebuilt });
        } finally {
          await models?.close();
        }
      }),
    );
}

function describe({ stage, changelog, inputs, truncated }: RebuildPlan): void {
  say(`${stage}: ${changelog} is made anew from`);
  for (const topic of new Set(inputs.map((input) => input.topic))) {
    const own = inputs.filter((input) => input.topic === topic);
    const since = own.flatMap((input) => input.since ?? []).sort();
    const offsets = own.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
    say(`  ${topic}: ${offsets} offsets${since[0] ? `, the first record written at ${since[0]}` : ""}`);
  }
  if (truncated > 0) {
    say(
      `  CAUTION: the beginning of ${truncated} input partitions has been deleted (retention, or a reset): what stood there alone is missing in the new state`,
    );
  }
}
