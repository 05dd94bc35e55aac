/** What follows from the stages' declarations about a run of them over plain records, and what such a run needs. */
import { topics, type TopicName } from "../../schemas/topics.js";
import { UserError } from "../runtime/errors.js";
import type { AnyStage } from "../runtime/stage/definition.js";

const inputsOf = (stage: AnyStage): readonly TopicName[] => stage.inputs as readonly TopicName[];
const outputsOf = (stage: AnyStage): readonly TopicName[] => stage.outputs as readonly TopicName[];

/** What the stages write, in their order. */
export const derivedTopics = (stages: readonly AnyStage[]): TopicName[] => stages.flatMap(outputsOf);

/** What they read and none of them writes: it comes in from outside. */
export function outsideTopics(stages: readonly AnyStage[]): TopicName[] {
  const derived = new Set(derivedTopics(stages));
  return [...new Set(stages.flatMap(inputsOf))].filter((name) => !derived.has(name));
}

export interface Way {
  /** The stages that it depends on, in their order. */
  readonly before: readonly AnyStage[];
  readonly writer: AnyStage;
}

/** @throws UserError when no stage writes the topic */
export function wayTo(stages: readonly AnyStage[], topic: TopicName): Way {
  const writer = stages.find((stage) => outputsOf(stage).includes(topic));
  if (!writer) throw new UserError(`no stage writes ${topic}`);
  const wanted = new Set(inputsOf(writer));
  const before: AnyStage[] = [];
  for (const stage of stages.slice(0, stages.indexOf(writer)).toReversed()) {
    if (!outputsOf(stage).some((name) => wanted.has(name))) continue;
    for (const name of inputsOf(stage)) wanted.add(name);
    before.unshift(stage);
  }
  return { before, writer };
}

/**
 * @param given topics of which there are records
 * @param tasks model tasks for which there is a router
 * @throws UserError with what the run, or a declaration, lacks
 */
export function checkWiring(
  stages: readonly AnyStage[],
  given: Iterable<TopicName>,
  tasks: { readonly [task: string]: unknown },
): void {
  const known = new Set(given);
  const written = new Set<TopicName>();
  for (const stage of stages) {
    const { name, partitions, models } = stage;
    for (const input of inputsOf(stage)) {
      if (!known.has(input)) {
        throw new UserError(
          `the stage ${name} reads ${input}, of which there are no records`,
          `Give some, or put the stage that writes ${input} before it.`,
        );
      }
      if (partitions === "all" && topics[input].broadcast) {
        throw new UserError(
          `the stage ${name} reads every partition of ${input}, which holds each record once in each`,
          "Without partitions it is not known how often it would take one: let it read one partition of it.",
        );
      }
    }
    for (const output of outputsOf(stage)) {
      if (written.has(output)) throw new UserError(`the stage ${name} writes ${output}, which one before it writes`);
      written.add(output);
      known.add(output);
    }
    const task = models.find((wanted) => tasks[wanted] === undefined);
    if (task !== undefined) {
      throw new UserError(`the stage ${name} uses models of the task ${task}, and none is given`);
    }
  }
}
