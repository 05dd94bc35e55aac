/** How a registered model is served: loaded from its artefact, and where rules can stand in for it, without holding up its inputs. */
import { join } from "node:path";
import type { Closable } from "../../models/runtime/artifact.js";
import { cachedSentiment } from "../../models/runtime/cached-sentiment.js";
import { loadModel, type ModelOptions, type ServedModel } from "../../models/runtime/load-model.js";
import { startResilientSentiment } from "../../models/runtime/resilient-sentiment.js";
import type { SentimentClassifier } from "../../models/runtime/types.js";
import { isModelTask, isOfKind, rulesOf, type TaskOfKind } from "../../models/tasks.js";
import type { ModelVersion } from "../../schemas/generated/types.js";
import { UserError } from "../runtime/errors.js";
import type { Logger } from "../runtime/logger.js";
import type { Metrics } from "../runtime/metrics.js";
import { countTransformer } from "./sentiment-metrics.js";
import type { ServingSettings } from "./settings.js";

/** A message to a worker holds 16 headlines, 0.3 s of a model of BERT's size; after this time it counts as hung. */
const textTimeoutMs = 10_000;

export interface ServeOptions {
  readonly config: ServingSettings;
  readonly logger: Logger;
  /** History is read up to its end: it can wait for a model, so that a fault ends the run rather than leaves it to rules. */
  readonly drain: boolean;
  readonly metrics?: Metrics | undefined;
}

/** @throws UserError for a task that this build does not have */
export async function serveModel(version: ModelVersion, options: ServeOptions): Promise<ServedModel> {
  const { config, drain } = options;
  const { task, path, sha256 } = version;
  if (!isModelTask(task)) throw new UserError(`${version.name}@${version.version} is for ${task}, which is no task`);
  const directory = join(config.artifactDirectory, path);
  const loading: ModelOptions = { sha256, workers: config.workers, providers: config.providers };
  if (isOfKind(task, "text"))
    return await serveTransformer(task, version, directory, options, {
      ...loading,
      ...(!drain && { jobTimeoutMs: textTimeoutMs }),
    });
  return await loadModel(task, directory, loading);
}

async function serveTransformer(
  task: TaskOfKind<"text">,
  { name, version, sha256 }: ModelVersion,
  directory: string,
  { logger, drain, metrics }: ServeOptions,
  loading: ModelOptions,
): Promise<SentimentClassifier & Closable> {
  const model = `${name}@${version}`;
  const counts = metrics && countTransformer(metrics, model);
  const load = async () =>
    cachedSentiment(await loadModel(task, directory, loading), {
      onLookup: (hits, misses) => counts?.lookedUp(hits, misses),
    });
  if (drain || rulesOf(task) === undefined) return await load();
  return await startResilientSentiment({
    model: { name, version, sha256 },
    directory,
    load,
    onRead: (seconds) => counts?.took(seconds),
    onOpen: (reason) => {
      counts?.circuit(true);
      logger.error({ model, error: reason }, "the transformer cannot be used: VADER stands in until it can");
    },
    onClose: () => {
      counts?.circuit(false);
      logger.info({ model }, "the transformer is back");
    },
    onPassedOver: (texts, why) => counts?.passedOver(texts, why),
  });
}
