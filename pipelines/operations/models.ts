/** What is done to the model registry: the database is the truth, the topic is published from it. */
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { finbertArms, transformerOf } from "../../models/registry/finbert-flag.js";
import { requeueLatest } from "../../models/registry/outbox.js";
import { RegistryStore } from "../../models/registry/store.js";
import type { RouteArm } from "../../schemas/generated/types.js";
import { UserError } from "../runtime/errors.js";
import { publishRegistry } from "../services/registry.js";
import { withDatabase, type Connection } from "./connection.js";

/** Registers the artefacts that are not known yet, and publishes what waits. Returns the keys of the new models. */
export function registerModels(connection: Connection): Promise<string[]> {
  const { config, admin, names } = connection;
  return withDatabase(
    connection,
    async (database) => {
      const store = new RegistryStore(database);
      const added = await registerDefaultModels(store, config.artifactDirectory, config.finbertShare);
      // A topic that was deleted is filled again from the database, which is the truth.
      const [partition] = await admin.offsets(names.topic("models.registry"));
      if (partition?.end === 0) await requeueLatest(database);
      await publishRegistry(connection, database);
      return added;
    },
    2,
  );
}

/** Arms by name, or the share of the symbols whose news a transformer reads: by default the one that is routed to. */
export type WantedRoute =
  { readonly arms: readonly RouteArm[] } | { readonly share: number; readonly transformer: string | undefined };

/**
 * Sets the route of a task and publishes it; the stages follow.
 *
 * @throws UserError for arms that cannot serve, and for a share without a transformer
 */
export function routeTask(
  connection: Connection,
  task: string,
  wanted: WantedRoute,
): Promise<{ readonly arms: readonly RouteArm[]; readonly changed: boolean }> {
  return withDatabase(
    connection,
    async (database) => {
      const store = new RegistryStore(database);
      const arms = [...("arms" in wanted ? wanted.arms : await armsOfShare(store, task, wanted))];
      const changed = await store.setRoute(task, arms).catch((error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
        throw new UserError(error.message, "`newstape models list` shows models and routes.");
      });
      await publishRegistry(connection, database);
      return { arms, changed };
    },
    2,
  );
}

async function armsOfShare(
  store: RegistryStore,
  task: string,
  { share, transformer }: Extract<WantedRoute, { share: number }>,
): Promise<RouteArm[]> {
  const route = (await store.routes()).find((known) => known.task === task);
  const model = transformer ?? transformerOf(route?.arms ?? []);
  if (model === undefined)
    throw new UserError(
      "Sentiment has no transformer yet",
      "Name one with --model, or run `newstape models register`.",
    );
  return finbertArms(share, model);
}
