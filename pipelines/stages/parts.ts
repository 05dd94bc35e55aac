/**
 * The catalogue of parts. What `newstape run` starts, topics and rights on the broker, status, reset, backfill, doctor,
 * rejects, completion and the documentation's tables follow from it: a new part is one entry here, a new stage one in index.ts.
 */
import { landedTopics, type TopicName } from "../../schemas/topics.js";
import { startLanding } from "../landing/landing.js";
import { landingName } from "../landing/landing-name.js";
import { landingRole } from "../landing/landing-role.js";
import type { AnyStage } from "../runtime/stage/definition.js";
import { runStage } from "../runtime/stage/runner.js";
import { startPublisher } from "../services/registry.js";
import { stages } from "./index.js";
import { partDefaults, type Part } from "./part.js";

const sources: readonly Part[] = [
  {
    ...partDefaults,
    kind: "source",
    name: "ingest",
    description: "Brings news and bars in.",
    outputs: ["news.raw", "market.bars"],
  },
];

const sinks: readonly Part[] = [
  {
    ...partDefaults,
    kind: "sink",
    name: landingName,
    description: "Writes the topics into the database.",
    inputs: landedTopics,
    hasRejects: true,
    databaseRole: landingRole,
    start: startLanding,
  },
];

const services: readonly Part[] = [
  {
    ...partDefaults,
    kind: "service",
    name: "registry",
    description: "Publishes the model registry.",
    outputs: ["models.registry"],
    start: startPublisher,
  },
];

function stagePart(stage: AnyStage): Part {
  const models = stage.models as Part["models"];
  return {
    kind: "stage",
    name: stage.name,
    description: stage.description,
    inputs: stage.inputs as TopicName[],
    readsWhole: models.length > 0 ? ["models.registry"] : [],
    outputs: stage.outputs as TopicName[],
    hasRejects: true,
    ...(stage.stateSchema !== undefined && { stateSchema: stage.stateSchema }),
    isOneTask: stage.partitions === "all",
    models,
    start: (options) => runStage(stage, options),
  };
}

/** A pipeline of these stages, in its order. */
export const partsOf = (list: readonly AnyStage[]): readonly Part[] => [
  ...sources,
  ...list.map(stagePart),
  ...sinks,
  ...services,
];

export const parts = partsOf(stages);

/** Names of what `newstape run` can run. */
export const runnable: readonly string[] = parts.filter(({ start }) => start !== undefined).map(({ name }) => name);
