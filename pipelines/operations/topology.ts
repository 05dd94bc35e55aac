/** The stages as a graph: what follows from what. */
import { landedTopics, type TopicName } from "../../schemas/topics.js";
import { UserError } from "../runtime/errors.js";
import type { AnyStage } from "../runtime/stage/definition.js";

/** A consumer group of the pipeline: a stage, or the landing, which has neither operator nor state. */
export interface Part {
  readonly name: string;
  readonly inputs: readonly TopicName[];
  readonly outputs: readonly TopicName[];
  readonly hasState: boolean;
  /** Its partitions make one task; see `StageDefinition.partitions`. */
  readonly isOneTask: boolean;
}

export function partsOf(stages: readonly AnyStage[]): Part[] {
  return [
    ...stages.map((stage) => ({
      name: stage.name,
      inputs: stage.inputs as TopicName[],
      outputs: stage.outputs as TopicName[],
      hasState: stage.stateSchema !== undefined,
      isOneTask: stage.partitions === "all",
    })),
    { name: "landing", inputs: landedTopics, outputs: [], hasState: false, isOneTask: false },
  ];
}

/** A part and every stage that reads, directly or not, what it writes; in the order of the pipeline, without the landing. */
export function withDownstream(parts: readonly Part[], name: string): Part[] {
  const start = parts.find((part) => part.name === name);
  if (!start) throw new UserError(`There is no stage ${name}`, `It is one of ${parts.map((p) => p.name).join(", ")}.`);
  const reached = new Set<Part>();
  const visit = (part: Part): void => {
    if (reached.has(part)) return;
    reached.add(part);
    for (const next of parts) if (next.inputs.some((input) => part.outputs.includes(input))) visit(next);
  };
  visit(start);
  return parts.filter((part) => reached.has(part) && (part.name !== "landing" || name === "landing"));
}
