import { Command, InvalidArgumentError } from "commander";
import { finbertTask, parseFinbertFlag } from "../../../models/registry/finbert-flag.js";
import { isModelTask, modelTasks } from "../../../models/tasks.js";
import type { RouteArm } from "../../../schemas/generated/types.js";
import { registerModels, routeTask, type WantedRoute } from "../../operations/models.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import { readRegistry } from "../../serving/read-registry.js";
import { openContext, say } from "../context.js";
import { importModelCommand } from "./import-model.js";
import { withJson, writeJson } from "../output.js";

export function modelsCommand(): Command {
  const models = new Command("models").description("The model registry.");
  withJson(models.command("register"), "{registered: [name@version]}")
    .description("Register the model artefacts that are not known yet, and publish the registry.")
    .action(async ({ json }: { json?: boolean }) => {
      const context = await openContext();
      const registered = await registerModels(context);
      if (json) writeJson({ registered });
      else for (const key of registered) console.log(key);
      say(`${registered.length} models registered`);
      await context.close();
    });
  models.addCommand(importModelCommand());
  withJson(models.command("list"), "{models: [ModelVersion], routes: [Route]}")
    .description("Models and routes, as the topic has them.")
    .action(async ({ json }: { json?: boolean }) => {
      const context = await openContext({ logLevel: "warn" });
      const { models: versions, routes } = await readRegistry(context);
      if (json) writeJson({ models: versions, routes });
      else {
        for (const { name, version, task, sha256, active } of versions)
          console.log(`${name}@${version}  ${task}  ${sha256.slice(0, 12)}${active ? "" : "  inactive"}`);
        for (const { task, arms } of routes)
          console.log(`route ${task}: ${arms.map(({ arm, model, share }) => `${arm} ${model} ${share}`).join(", ")}`);
      }
      await context.close();
    });
  withJson(models.command("route"), "{task, arms: [{arm, model, share}], changed}")
    .description("Say which models serve a task, and the share of the symbols of each; stages follow within a second.")
    .argument("<task>", modelTasks.join(", "))
    .argument("[arm...]", "arm=name@version:share, in order; the shares sum to 1")
    .option(
      "--finbert <share>",
      "sentiment: off, on, ab or a percentage of the symbols for the transformer",
      parseShare,
    )
    .option("--model <name@version>", "the transformer of --finbert (default: the one that is routed to)")
    .action(async (task: string, given: string[], options: RouteOptions) => {
      const wanted = wantedRoute(task, given, options);
      const context = await openContext({ logLevel: "warn" });
      try {
        const { arms, changed } = await routeTask(context, task, wanted);
        if (options.json) writeJson({ task, arms, changed });
        else for (const { arm, model, share } of arms) console.log(`${arm}  ${model}  ${share}`);
        say(changed ? `the route of ${task} has changed` : `the route of ${task} was like that already`);
      } finally {
        await context.close();
      }
    });
  return models;
}

interface RouteOptions {
  readonly json?: boolean;
  readonly finbert?: number;
  readonly model?: string;
}

function parseShare(text: string): number {
  try {
    return parseFinbertFlag(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

/** @throws UserError when the words are no route */
function wantedRoute(task: string, given: readonly string[], { finbert, model }: RouteOptions): WantedRoute {
  if (!isModelTask(task)) throw new UserError(`There is no task ${task}`, `The tasks are ${modelTasks.join(", ")}.`);
  if (finbert === undefined) {
    if (given.length === 0)
      throw new UserError("No arm is named", `For example: newstape models route ${task} champion=name@version:1`);
    return { arms: given.map(parseArm) };
  }
  if (task !== finbertTask || given.length > 0)
    throw new UserError("--finbert is for sentiment, and names both arms itself", "Leave out the arms.");
  return { share: finbert, transformer: model };
}

function parseArm(text: string): RouteArm {
  const found = /^([\w.-]+)=([^:=\s]+):(0|1|0?\.\d+|1\.0+)$/.exec(text);
  const [, arm, model, share] = found ?? [];
  if (arm === undefined || model === undefined || share === undefined)
    throw new UserError(`${text} is no arm`, "An arm is arm=name@version:share, e.g. challenger=encoder@2.0.0:0.1");
  return { arm, model, share: Number(share) };
}
