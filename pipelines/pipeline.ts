/** Runs any parts of the pipeline together in one process. */
import { noRouters } from "../models/runtime/routers.js";
import type { PipelineConfig } from "./config.js";
import { UserError } from "./runtime/errors.js";
import type { ClusterAdmin } from "./runtime/kafka/admin.js";
import type { Kafka } from "./runtime/kafka/client.js";
import type { Logger } from "./runtime/logger.js";
import type { Metrics } from "./runtime/metrics.js";
import { startModelService } from "./serving/model-service.js";
import type { RunningPart } from "./stages/part.js";
import { parts, runnable } from "./stages/parts.js";

/** What all parts of a process run with. */
export interface PipelineOptions {
  readonly config: PipelineConfig;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Stop when everything that lay in the inputs has been processed. */
  readonly drain?: boolean;
}

/** Parts that run together. */
export interface RunningPipeline extends RunningPart {
  readonly name: string;
}

/**
 * Runs parts of the pipeline in this process, as `newstape run` does, with the models that they use.
 *
 * @param names of stages, `landing`, `registry`
 * @throws UserError for a name that is none of these, and whatever a part throws when it starts; the others are stopped then
 */
export async function startPipeline(names: readonly string[], options: PipelineOptions): Promise<RunningPipeline> {
  const unknown = names.filter((name) => !runnable.includes(name));
  if (unknown.length > 0)
    throw new UserError(`There is no stage ${unknown.join(", ")}`, `The stages are ${runnable.join(", ")}.`);
  const chosen = parts.filter(({ name }) => names.includes(name));
  const tasks = [...new Set(chosen.flatMap(({ models }) => models))];
  const models = tasks.length > 0 ? await startModelService({ ...options, tasks }) : undefined;
  const services = models?.routers ?? noRouters;
  const begun = await Promise.allSettled(chosen.flatMap(({ start }) => start?.({ ...options, services }) ?? []));
  const running = begun.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((part) => part.stop()));
    await models?.close();
  };
  const failed = begun.find((one) => one.status === "rejected");
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const ended = running.map((part) => part.done);
  const done = Promise.race([
    options.drain ? Promise.all(ended).then(() => undefined) : Promise.race(ended),
    ...(models ? [models.failed] : []),
  ]);
  return {
    name: names.join(", "),
    done,
    ready: () => running.every((part) => part.ready()),
    lag: () => running.reduce((sum, part) => sum + part.lag(), 0),
    stop,
  };
}
