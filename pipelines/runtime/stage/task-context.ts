import type { Outcome } from "../../../operators/operator.js";
import type { TopicName } from "../../../schemas/topics.js";
import type { RecordCodec } from "../codec.js";
import type { ClusterAdmin } from "../kafka/admin.js";
import type { GroupConsumer } from "../kafka/group-consumer.js";
import type { TransactionalProducer } from "../kafka/producers.js";
import type { Logger } from "../logger.js";
import type { StageMetrics } from "../metrics.js";
import type { ProcessContext } from "./process-batch.js";
import type { TaskLayout } from "./task-layout.js";

/** What a task shares with the other tasks of its stage in this process. */
export interface TaskContext extends ProcessContext {
  readonly group: string;
  readonly layout: TaskLayout;
  /** Whether tasks of several partitions write to one partition of the topic. */
  isRepartitioned(topic: TopicName): boolean;
  readonly consumer: Pick<GroupConsumer, "seek" | "pause" | "resume">;
  readonly admin: Pick<ClusterAdmin, "offsets" | "ends" | "refresh">;
  createProducer(task: number): Pick<TransactionalProducer, "takeOver" | "commit" | "close">;
  readonly stateCodec: RecordCodec<unknown> | undefined;
  readonly batchRecords: number;
  readonly lingerMs: number;
  /** Stop at what lay in the inputs at take-over (a backfill) rather than go on for ever. */
  readonly drain: boolean;
  readonly logger: Logger;
  readonly metrics: StageMetrics;
  /** Called with every outcome of the operator, and its input, of a stage that measures; once it is committed. */
  onOutcome?(outcome: Outcome<TopicName>, input: unknown): void;
  /** Resolves when this member is known to be the legitimate owner again; see `Membership`. */
  legitimate(): Promise<void>;
  /** The stage cannot go on. */
  onFatal(error: Error): void;
  /** The task has reached the end of its inputs, when draining. */
  onDrained(): void;
}

/** What came while a task took over makes void what it has sought and paused: it begins anew. */
export class Restart extends Error {}
