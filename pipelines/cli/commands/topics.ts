import { Command, InvalidArgumentError, Option } from "commander";
import { defaultPrincipal, describeRule, type AccessPlan } from "../../operations/topics/access.js";
import { describeChange, type Change } from "../../operations/topics/plan.js";
import {
  applyPipelineAccess,
  applyPipelineTopics,
  planPipelineAccess,
  planPipelineTopics,
} from "../../operations/topics/prepare.js";
import { openContext, say } from "../context.js";
import { withJson, writeJson } from "../output.js";
import { repartitionCommand } from "./repartition.js";

/** What stays as it is, whatever is applied, is shown and not counted. */
const countOf = (changes: readonly Change[], access: AccessPlan | undefined): number =>
  changes.filter(({ kind }) => kind !== "reassign topic").length + (access?.missing.length ?? 0);

interface TopicOptions {
  readonly acls?: boolean;
  readonly principal: string;
  readonly json?: boolean;
}

const document = (changes: readonly Change[], access: AccessPlan | undefined) => ({
  changes: changes.map((change) => ({
    kind: change.kind,
    topic: change.topic.name,
    description: describeChange(change),
  })),
  ...(access && { access }),
});

const shape = "{changes: [{kind, topic, description}], access?: {missing: [rule], others: [rule]}}";

function principalOf(template: string): string {
  if (!/^[A-Za-z]+:.*\{role\}/.test(template)) {
    throw new InvalidArgumentError("It is a type and a name that contains {role}, e.g. User:newstape-{role}.");
  }
  return template;
}

const withAccessOptions = (command: Command): Command =>
  command
    .option("--acls", "the access rules too: each stage under a user of its own (deploy/kafka/acls.json)")
    .addOption(
      new Option("--principal <template>", "the users' names, where {role} stands for the stage")
        .default(defaultPrincipal)
        .argParser(principalOf),
    );

const lines = (sign: string, rules: AccessPlan["missing"]): string[] =>
  rules.map((rule) => `${sign} ${describeRule(rule)}`);

export function topicsCommand(): Command {
  const topics = new Command("topics").description("Topics and schemas on the broker and the registry.");
  withAccessOptions(withJson(topics.command("plan"), shape))
    .description("Show what `apply` would change.")
    .action(async ({ json, acls, principal }: TopicOptions) => {
      const context = await openContext();
      const changes = await planPipelineTopics(context, { onRisk: say });
      const access = acls ? await planPipelineAccess(context, principal) : undefined;
      if (json) writeJson(document(changes, access));
      else {
        for (const change of changes) console.log(describeChange(change));
        for (const line of [...lines("+", access?.missing ?? []), ...lines("?", access?.others ?? [])])
          console.log(line);
      }
      const count = countOf(changes, access);
      say(count === 0 ? "nothing to change" : `${count} changes`);
      showOthers(access);
      await context.close();
    });
  withAccessOptions(withJson(topics.command("apply"), shape))
    .description("Create topics, register schemas, set retention and compatibility. Safe to repeat.")
    .action(async ({ json, acls, principal }: TopicOptions) => {
      const context = await openContext();
      const changes = await applyPipelineTopics(context, {
        onRisk: say,
        onChange: (change) => json || console.log(describeChange(change)),
      });
      const access = acls ? await applyPipelineAccess(context, principal) : undefined;
      if (json) writeJson(document(changes, access));
      else for (const line of lines("+", access?.missing ?? [])) console.log(line);
      const count = countOf(changes, access);
      say(count === 0 ? "nothing to change" : `${count} changes applied`);
      showOthers(access);
      await context.close();
    });
  topics.addCommand(repartitionCommand());
  return topics;
}

function showOthers(access: AccessPlan | undefined): void {
  if (!access || access.others.length === 0) return;
  say(
    `${access.others.length} other rules concern these topics, groups or transactions, and stay: \`topics plan --acls\``,
  );
}
