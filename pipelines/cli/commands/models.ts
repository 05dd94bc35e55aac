import { Command, InvalidArgumentError } from "commander";
import { registerDefaultModels } from "../../../models/registry/defaults.js";
import { finbertArms, finbertTask, parseFinbertFlag, transformerOf } from "../../../models/registry/finbert-flag.js";
import { requeueLatest } from "../../../models/registry/outbox.js";
import { RegistryStore } from "../../../models/registry/store.js";
import { isModelTask, modelTasks } from "../../../models/tasks.js";
import type { RouteArm } from "../../../schemas/generated/types.js";
import { publishRegistry } from "../../services/registry.js";
import { Database } from "../../runtime/database/database.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import { readRegistry } from "../../serving/read-registry.js";
import { openContext, say, type Context } from "../context.js";
import { importModelCommand } from "./import-model.js";
import { withJson, writeJson } from "../output.js";

/** Registers the artefacts that are not known yet, and publishes what waits. Returns the keys of the new models. */
export async function registerModels(context: Context): Promise<string[]> {
  const database = new Database(context.config.databaseUrl, { connections: 2 });
  try {
    const added = await registerDefaultModels(
      new RegistryStore(database),
      context.config.artifactDirectory,
      context.config.finbertShare,
    );
    // A topic that was deleted is filled again from the database, which is the truth.
    const [partition] = await context.admin.offsets(context.names.topic("models.registry"));
    if (partition?.end === 0) await requeueLatest(database);
    await publishRegistry(context, database);
    return added;
  } finally {
    await database.close();
  }
}

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
        for (const { name, version, task, sha256 } of versions)
          console.log(`${name}@${version}  ${task}  ${sha256.slice(0, 12)}`);
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
      const context = await openContext({ logLevel: "warn" });
      const database = new Database(context.config.databaseUrl, { connections: 2 });
      try {
        const store = new RegistryStore(database);
        const arms = await wantedArms(store, task, given, options);
        const changed = await store.setRoute(task, arms).catch((error: unknown) => {
          if (!(error instanceof RangeError)) throw error;
          throw new UserError(error.message, "`newstape models list` shows models and routes.");
        });
        await publishRegistry(context, database);
        if (options.json) writeJson({ task, arms, changed });
        else for (const { arm, model, share } of arms) console.log(`${arm}  ${model}  ${share}`);
        say(changed ? `the route of ${task} has changed` : `the route of ${task} was like that already`);
      } finally {
        await database.close();
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

/** @throws UserError when what is asked for is no route */
async function wantedArms(
  store: RegistryStore,
  task: string,
  given: readonly string[],
  { finbert, model }: RouteOptions,
): Promise<RouteArm[]> {
  if (!isModelTask(task)) throw new UserError(`There is no task ${task}`, `The tasks are ${modelTasks.join(", ")}.`);
  if (finbert === undefined) {
    if (given.length === 0)
      throw new UserError("No arm is named", `For example: newstape models route ${task} champion=name@version:1`);
    return given.map(parseArm);
  }
  if (task !== finbertTask || given.length > 0)
    throw new UserError("--finbert is for sentiment, and names both arms itself", "Leave out the arms.");
  const route = (await store.routes()).find((known) => known.task === task);
  const transformer = model ?? transformerOf(route?.arms ?? []);
  if (transformer === undefined)
    throw new UserError(
      "Sentiment has no transformer yet",
      "Name one with --model, or run `newstape models register`.",
    );
  return finbertArms(finbert, transformer);
}

function parseArm(text: string): RouteArm {
  const found = /^([\w.-]+)=([^:=\s]+):(0|1|0?\.\d+|1\.0+)$/.exec(text);
  const [, arm, model, share] = found ?? [];
  if (arm === undefined || model === undefined || share === undefined)
    throw new UserError(`${text} is no arm`, "An arm is arm=name@version:share, e.g. challenger=encoder@2.0.0:0.1");
  return { arm, model, share: Number(share) };
}
