import { Command } from "commander";
import { registerDefaultModels } from "../../../models/registry/defaults.js";
import { requeueLatest } from "../../../models/registry/outbox.js";
import { RegistryStore } from "../../../models/registry/store.js";
import { publishRegistry } from "../../registry.js";
import { Database } from "../../runtime/database/database.js";
import { readRegistry } from "../../runtime/read-registry.js";
import { openContext, say, type Context } from "../context.js";
import { withJson, writeJson } from "../output.js";

/** Registers the artefacts that are not known yet, and publishes what waits. Returns the keys of the new models. */
export async function registerModels(context: Context): Promise<string[]> {
  const database = new Database(context.config.databaseUrl, { connections: 2 });
  try {
    const added = await registerDefaultModels(new RegistryStore(database), context.config.artifactDirectory);
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
  return models;
}
