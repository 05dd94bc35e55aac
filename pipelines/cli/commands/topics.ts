import { Command } from "commander";
import { stages } from "../../stages.js";
import { applyPlan } from "../../topics/apply.js";
import { describeChange, desiredTopics, planTopics } from "../../topics/plan.js";
import { SubjectClient } from "../../topics/subjects.js";
import { openContext, say, type Context } from "../context.js";

async function planOf(context: Context) {
  const subjects = new SubjectClient(context.config);
  const changes = await planTopics(desiredTopics(context.config, stages), context.admin, subjects);
  return { changes, subjects };
}

/** Brings topics and schemas to what this build needs; returns the number of changes. */
export async function applyTopics(
  context: Context,
  onChange: (line: string) => void = () => undefined,
): Promise<number> {
  const { changes, subjects } = await planOf(context);
  await applyPlan(changes, context.admin, subjects, (change) => onChange(describeChange(change)));
  return changes.length;
}

export function topicsCommand(): Command {
  const topics = new Command("topics").description("Topics and schemas on the broker and the registry.");
  topics
    .command("plan")
    .description("Show what `apply` would change.")
    .action(async () => {
      const context = await openContext();
      const { changes } = await planOf(context);
      for (const change of changes) console.log(describeChange(change));
      say(changes.length === 0 ? "nothing to change" : `${changes.length} changes`);
      await context.close();
    });
  topics
    .command("apply")
    .description("Create topics, register schemas, set retention and compatibility. Safe to repeat.")
    .action(async () => {
      const context = await openContext();
      const count = await applyTopics(context, (line) => console.log(line));
      say(count === 0 ? "nothing to change" : `${count} changes applied`);
      await context.close();
    });
  return topics;
}
