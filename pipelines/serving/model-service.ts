/**
 * The models that the stages of this process use, as `models.registry` has them: loaded after their hash is checked,
 * replaced when the registry changes. A batch sees one state of it: the routers pick from what is loaded, and a model is
 * only closed when no batch can still hold it.
 */
import type { ServedModel } from "../../models/runtime/load-model.js";
import { routersBy } from "../../models/runtime/routers.js";
import type { ModelRouter, ModelRouters, Routed } from "../../models/runtime/types.js";
import { rulesOf, type ModelTask } from "../../models/tasks.js";
import { armFor, RegistryView } from "../../models/registry/view.js";
import type { ModelVersion } from "../../schemas/generated/types.js";
import { openRegistryCodec } from "../runtime/codec.js";
import type { Config } from "../runtime/config.js";
import { messageOf, UserError } from "../runtime/errors.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import type { Kafka } from "../runtime/kafka/client.js";
import { readTopic } from "../runtime/kafka/read-topic.js";
import type { Logger } from "../runtime/logger.js";
import type { Metrics } from "../runtime/metrics.js";
import { namesUnder } from "../runtime/names.js";
import { LoadedModels } from "./loaded-models.js";
import { timedRules } from "./sentiment-metrics.js";
import { serveModel } from "./serve-model.js";
import type { ServingSettings } from "./settings.js";

/** The models that this process serves. */
export interface ModelService {
  readonly routers: ModelRouters<ModelTask>;
  /** Rejects when the registry can no longer be followed. Never resolves. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** Whose models are needed, and where the registry is read. */
export interface ModelServiceOptions {
  readonly config: Config & ServingSettings;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly logger: Logger;
  /** Tasks whose models are needed. */
  readonly tasks: readonly ModelTask[];
  /** History is read up to its end: it can wait for a model, so that a fault ends the run rather than leaves it to rules. */
  readonly drain?: boolean;
  readonly metrics?: Metrics;
}

/**
 * Unless draining, a model that cannot be loaded, or fails, is left to the rules of its task until it can be loaded again.
 *
 * @returns once the registry has been read to its end and every routed model is loaded
 * @throws UserError when a task has no route, or the model of a task without rules cannot be loaded
 */
export async function startModelService(options: ModelServiceOptions): Promise<ModelService> {
  const { config, kafka, admin, logger, tasks, metrics, drain = false } = options;
  const topic = namesUnder(config.topicPrefix).topic("models.registry");
  const codec = await openRegistryCodec(config);
  const view = new RegistryView();
  const loaded = new LoadedModels((version) => serveModel(version, { config, logger, drain, metrics }), logger);
  let work: Promise<unknown> = Promise.resolve();
  let isCaughtUp = false;

  const wanted = (): ModelVersion[] =>
    tasks.flatMap((task) => (view.route(task)?.arms ?? []).flatMap(({ model }) => view.model(model) ?? []));

  const reader = await readTopic(
    kafka,
    admin,
    topic,
    (stored) => {
      work = work
        .then(async () => {
          if (!view.apply(await codec.read(stored.value)) || !isCaughtUp) return;
          await loaded.follow(wanted());
        })
        // A model that cannot be loaded leaves the one before in place.
        .catch((error: unknown) =>
          logger.error({ error: messageOf(error) }, "the registry's change could not be followed"),
        );
    },
    { groupPrefix: config.topicPrefix },
  );
  const close = async (): Promise<void> => {
    await reader.stop();
    await loaded.close();
  };
  try {
    await reader.caughtUp;
    await work;
    for (const task of tasks) {
      if (!view.route(task)) throw new UserError(`No model serves the task ${task}`, "Run `newstape models register`.");
    }
    await loaded.follow(wanted());
    isCaughtUp = true;
  } catch (error) {
    await close();
    throw error;
  }

  const routerOf = <Task extends ModelTask>(task: Task): ModelRouter<Task> => ({
    task,
    // What a route of the task names is a model of that task.
    pick: (symbol) => picked(task, symbol, view, loaded) as Routed<never>,
    ...(metrics && rulesOf(task) !== undefined && { aroundRules: timedRules(metrics) }),
  });
  return { routers: routersBy(routerOf), failed: reader.failed, close };
}

function picked(task: ModelTask, symbol: string, view: RegistryView, loaded: LoadedModels): Routed<ServedModel> {
  const route = view.route(task);
  if (!route) return { arm: "none", model: undefined };
  const { arm, model } = armFor(route, symbol);
  return model === rulesOf(task) ? { arm, model: undefined, rulesAlone: true } : { arm, model: loaded.get(model) };
}
