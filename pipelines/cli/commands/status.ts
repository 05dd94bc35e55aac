import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { Command } from "commander";
import type { TopicName } from "../../../schemas/topics.js";
import { landedTopics } from "../../landing/landed-topic.js";
import { readRegistry } from "../../runtime/read-registry.js";
import { decodeProgress, noOutcomes, outcomeKinds, type OutcomeCounts } from "../../runtime/stage/progress.js";
import { stages } from "../../stages.js";
import { openContext, say, type Context } from "../context.js";

export interface StageStatus {
  readonly stage: string;
  readonly members: number;
  /** Records between the committed offsets and the last stable offsets; control records count, so an idle stage may show a few. */
  readonly lag: number;
  readonly outcomes: OutcomeCounts;
  /** Records published, by topic. */
  readonly outputs: Readonly<Record<string, number>>;
}

/** How every stage stands, from what is committed on the broker: it needs no process to answer. */
export async function stageStatuses({ admin, names }: Context): Promise<StageStatus[]> {
  const parts = [
    ...stages.map((stage) => ({
      name: stage.name,
      inputs: stage.inputs as TopicName[],
      outputs: stage.outputs as TopicName[],
    })),
    { name: "landing", inputs: landedTopics as TopicName[], outputs: [] },
  ];
  return Promise.all(
    parts.map(async ({ name, inputs, outputs }): Promise<StageStatus> => {
      const group = names.group(name);
      const topics = inputs.map(names.topic);
      const committed = await admin.committed(group, topics);
      let lag = 0;
      for (const topic of topics) {
        for (const { partition, low, end } of await admin.offsets(topic)) {
          const at = committed.find((entry) => entry.topic === topic && entry.partition === partition)?.offset ?? low;
          lag += Math.max(0, end - at);
        }
      }
      const outcomes = noOutcomes();
      const published = Object.fromEntries(outputs.map((output) => [output as string, 0]));
      for (const { metadata } of committed) {
        const progress = decodeProgress(metadata);
        for (const kind of outcomeKinds) outcomes[kind] += progress.outcomes[kind];
        outputs.forEach(
          (output, index) => (published[output] = (published[output] ?? 0) + (progress.outputs[index] ?? 0)),
        );
      }
      return { stage: name, members: await admin.groupMembers(group), lag, outcomes, outputs: published };
    }),
  );
}

const handled = ({ outcomes }: StageStatus): number => outcomeKinds.reduce((sum, kind) => sum + outcomes[kind], 0);

export function statusCommand(): Command {
  return new Command("status")
    .description("Stages, lag, rates and models.")
    .option("--json", "machine-readable")
    .action(async ({ json }: { json?: boolean }) => {
      const context = await openContext({ logLevel: "warn" });
      const before = await stageStatuses(context);
      const seconds = 1;
      await sleep(seconds * 1000);
      const now = await stageStatuses(context);
      const rates = now.map((stage, index) => (handled(stage) - handled(before[index] ?? stage)) / seconds);
      const { routes, models } = await readRegistry(context);
      if (json) {
        console.log(
          JSON.stringify({
            stages: now.map((stage, index) => ({ ...stage, perSecond: rates[index] })),
            routes,
            models,
          }),
        );
      } else {
        const table = new Table({
          head: ["stage", "members", "lag", "emit", "join", "duplicate", "reject", "in/s"],
          colAligns: ["left", "right", "right", "right", "right", "right", "right", "right"],
          style: { head: [], border: [] },
        });
        now.forEach((stage, index) =>
          table.push([
            stage.stage,
            stage.members,
            stage.lag,
            ...outcomeKinds.map((kind) => (stage.stage === "landing" ? "" : stage.outcomes[kind])),
            stage.stage === "landing" ? "" : (rates[index] ?? 0).toFixed(0),
          ]),
        );
        console.log(table.toString());
        for (const route of routes) {
          const arms = route.arms.map(({ arm, model, share }) => `${arm} ${model} ${(share * 100).toFixed(0)} %`);
          console.log(`${route.task}: ${arms.join(", ")}`);
        }
        if (routes.length === 0) say("no model serves any task: run `newstape models register`");
      }
      await context.close();
    });
}
