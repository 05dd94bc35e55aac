/** Runs any stages, the landing and the registry's publisher together in one process. */
import { noRouters } from "../models/runtime/routers.js";
import type { ModelTask } from "../models/tasks.js";
import type { PipelineConfig } from "./config.js";
import { UserError } from "./runtime/errors.js";
import type { ClusterAdmin } from "./runtime/kafka/admin.js";
import type { Kafka } from "./runtime/kafka/client.js";
import type { Logger } from "./runtime/logger.js";
import type { Metrics } from "./runtime/metrics.js";
import { startModelService, type ModelService } from "./serving/model-service.js";
import { runStage } from "./runtime/stage/runner.js";
import { startLanding } from "./landing/landing.js";
import { startPublisher } from "./services/registry.js";
import { runnable, stages } from "./stages/index.js";

export interface PipelineOptions {
  readonly config: PipelineConfig;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly drain?: boolean;
}

/** A part of the pipeline that runs until it is stopped, or until its inputs are drained. */
export interface Running {
  readonly name: string;
  /** Rejects when it cannot go on; resolves after `stop`, or at the end of the inputs when draining. */
  readonly done: Promise<void>;
  ready(): boolean;
  /** Records known to lie before it. */
  lag(): number;
  stop(): Promise<void>;
}

/** @throws UserError for a name that is none of `runnable` */
export async function startPipeline(names: readonly string[], options: PipelineOptions): Promise<Running> {
  const unknown = names.filter((name) => !runnable.includes(name));
  if (unknown.length > 0)
    throw new UserError(`There is no stage ${unknown.join(", ")}`, `The stages are ${runnable.join(", ")}.`);
  const chosen = stages.filter(({ name }) => names.includes(name));
  const tasks = [...new Set(chosen.flatMap((stage) => stage.models as ModelTask[]))];
  const parts: Running[] = [];
  let models: ModelService | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all(parts.map((part) => part.stop()));
    await models?.close();
  };
  try {
    models = tasks.length > 0 ? await startModelService({ ...options, tasks }) : undefined;
    const services = models?.routers ?? noRouters;
    parts.push(
      ...(await Promise.all(
        chosen.map(async (stage) => ({ name: stage.name, ...(await runStage(stage, { ...options, services })) })),
      )),
    );
    if (names.includes("landing")) parts.push({ name: "landing", ...(await startLanding(options)) });
    if (names.includes("registry")) parts.push({ name: "registry", ...(await startPublisher(options)) });
  } catch (error) {
    await stop();
    throw error;
  }
  const ended = parts.map((part) => part.done);
  const done = Promise.race([
    options.drain ? Promise.all(ended).then(() => undefined) : Promise.race(ended),
    ...(models ? [models.failed] : []),
  ]);
  return {
    name: names.join(", "),
    done,
    ready: () => parts.every((part) => part.ready()),
    lag: () => parts.reduce((sum, part) => sum + part.lag(), 0),
    stop,
  };
}
