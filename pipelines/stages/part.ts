/**
 * What a part of the pipeline is: everything that commands, topics, rights, operations and documentation must know of it.
 * The list is in parts.ts; whoever works on parts is handed them, and imports no more than this file.
 */
import type { ModelRouters } from "../../models/runtime/types.js";
import type { ModelTask } from "../../models/tasks.js";
import type { TopicName } from "../../schemas/topics.js";
import type { Config } from "../runtime/config.js";
import type { Kafka } from "../runtime/kafka/client.js";
import type { Logger } from "../runtime/logger.js";
import type { Metrics } from "../runtime/metrics.js";

/**
 * source: brings records in, by commands of its own. stage: topics → topics, exactly once, by an operator. sink: topics →
 * elsewhere, at least once. service: what runs beside them.
 */
export type PartKind = "source" | "stage" | "sink" | "service";

export interface Part {
  readonly kind: PartKind;
  /** Of lower-case letters: its consumer group, its topics, its user on the broker and its argument of commands are named so. */
  readonly name: string;
  readonly description: string;
  /** Topics that its consumer group reads; of a stage in merge order. */
  readonly inputs: readonly TopicName[];
  /** Topics that it reads whole whenever it starts, without a place of its own in them. */
  readonly readsWhole: readonly TopicName[];
  readonly outputs: readonly TopicName[];
  /** Whether it has a topic `<name>.rejected`. */
  readonly hasRejects: boolean;
  /** Schema file of the keyed state in `<name>.state`; none without a state. */
  readonly stateSchema?: string;
  /** Its partitions make one task; see `StageDefinition.partitions`. */
  readonly isOneTask: boolean;
  /** Tasks whose models it uses. */
  readonly models: readonly ModelTask[];
  /** The role that it takes on in the database; none where it has nothing to do there, or works as the user of DATABASE_URL. */
  readonly databaseRole?: string;
  /** How `newstape run` runs it; none for a source. */
  readonly start?: (options: PartOptions) => Promise<RunningPart>;
}

/** The values of a part that has none of these. */
export const partDefaults = {
  inputs: [],
  readsWhole: [],
  outputs: [],
  hasRejects: false,
  isOneTask: false,
  models: [],
} as const satisfies Partial<Part>;

export interface PartOptions {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Models by task; only those that the part names are looked up. */
  readonly services: ModelRouters<ModelTask>;
  /** Stop when everything that lay in the inputs has been processed. */
  readonly drain?: boolean;
}

export interface RunningPart {
  /** Rejects when it cannot go on; resolves after `stop`, or at the end of the inputs when draining. */
  readonly done: Promise<void>;
  ready(): boolean;
  /** Records that wait before it. */
  lag(): number;
  stop(): Promise<void>;
}

/** Parts with a consumer group, in the order of the pipeline: those that have a place in their inputs. */
export const consumersOf = (parts: readonly Part[]): Part[] => parts.filter(({ inputs }) => inputs.length > 0);

export const stagesOf = (parts: readonly Part[]): Part[] => parts.filter(({ kind }) => kind === "stage");

/** Consumers that are no stages: what they have taken in stays, whatever becomes of the topics. */
export const keepersOf = (parts: readonly Part[]): Part[] => consumersOf(parts).filter(({ kind }) => kind !== "stage");

/** Names of the parts that refuse records. */
export const rejectersOf = (parts: readonly Part[]): string[] =>
  parts.filter(({ hasRejects }) => hasRejects).map(({ name }) => name);
