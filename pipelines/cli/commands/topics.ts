import { Command } from "commander";
import { stages } from "../../stages.js";
import { applyPlan } from "../../topics/apply.js";
import { describeChange, desiredTopics, planTopics, type Change } from "../../topics/plan.js";
import { SubjectClient } from "../../topics/subjects.js";
import { openContext, say, type Context } from "../context.js";
import { withJson, writeJson } from "../output.js";
import { repartitionCommand } from "./repartition.js";

async function planOf(context: Context) {
  const subjects = new SubjectClient(context.config);
  const changes = await planTopics(desiredTopics(context.config, stages), context.admin, subjects);
  return { changes, subjects };
}

/** Brings topics and schemas to what this build needs; returns the changes. */
export async function applyTopics(
  context: Context,
  onChange: (line: string) => void = () => undefined,
): Promise<readonly Change[]> {
  const { changes, subjects } = await planOf(context);
  await applyPlan(changes, context.admin, subjects, (change) => onChange(describeChange(change)));
  return changes;
}

const document = (changes: readonly Change[]) => ({
  changes: changes.map((change) => ({
    kind: change.kind,
    topic: change.topic.name,
    description: describeChange(change),
  })),
});

const shape = "{changes: [{kind, topic, description}]}";

export function topicsCommand(): Command {
  const topics = new Command("topics").description("Topics and schemas on the broker and the registry.");
  withJson(topics.command("plan"), shape)
    .description("Show what `apply` would change.")
    .action(async ({ json }: { json?: boolean }) => {
      const context = await openContext();
      const { changes } = await planOf(context);
      if (json) writeJson(document(changes));
      else for (const change of changes) console.log(describeChange(change));
      say(changes.length === 0 ? "nothing to change" : `${changes.length} changes`);
      await context.close();
    });
  withJson(topics.command("apply"), shape)
    .description("Create topics, register schemas, set retention and compatibility. Safe to repeat.")
    .action(async ({ json }: { json?: boolean }) => {
      const context = await openContext();
      const changes = await applyTopics(context, (line) => json || console.log(line));
      if (json) writeJson(document(changes));
      say(changes.length === 0 ? "nothing to change" : `${changes.length} changes applied`);
      await context.close();
    });
  topics.addCommand(repartitionCommand());
  return topics;
}
