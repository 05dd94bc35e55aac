import type { TopicName } from "../../../schemas/topics.js";
import type { FetchedBatch, TopicPartition } from "../kafka/types.js";
import type { Logger } from "../logger.js";
import { LossWatch } from "../loss-watch.js";
import { InputQueue } from "./input-queue.js";
import type { TaskContext } from "./task-context.js";

/** What the buffers of one task may hold, over all partitions of an input: a task that reads all has many of them. */
const buffers = { records: 30_000, bytes: 32 << 20 };
const buffer = { records: 10_000, bytes: 8 << 20 };

type InputsContext = Pick<TaskContext, "stage" | "names" | "codecs" | "layout" | "consumer" | "admin" | "onFatal">;

interface InputsOptions {
  readonly logger: Pick<Logger, "debug">;
  /** Given when the task is closing: what is found out afterwards is dropped. */
  readonly closing: AbortSignal;
}

/** The input partitions of one task: their buffers, and the pauses, seeks and resumes of the consumer, so that these neither overflow nor lack. */
export class TaskInputs {
  /** By rank of the topic, then by partition: the order in which the merge takes what was available at once. */
  readonly queues: readonly InputQueue[];
  readonly #losses: LossWatch<InputQueue>;

  constructor(
    private readonly context: InputsContext,
    task: number,
    { logger, closing }: InputsOptions,
  ) {
    const { stage, names, admin } = context;
    this.#losses = new LossWatch({
      reader: stage.name,
      admin,
      logger,
      onLost: (fault) => {
        if (!closing.aborted) context.onFatal(fault);
      },
    });
    const partitions = context.layout.inputsOf(task);
    const limits = {
      records: Math.min(buffer.records, Math.ceil(buffers.records / partitions.length)),
      bytes: Math.min(buffer.bytes, Math.ceil(buffers.bytes / partitions.length)),
    };
    this.queues = stage.inputs.flatMap((name: TopicName) => {
      const codec = context.codecs[name] as ConstructorParameters<typeof InputQueue>[3] | undefined;
      if (!codec) throw new Error(`no codec for ${name}`);
      return partitions.map((partition) => new InputQueue(name, names.topic(name), partition, codec, limits));
    });
  }

  /** Records that are known to wait before the task: buffered, or not yet fetched. */
  get lag(): number {
    return this.queues.reduce((sum, queue) => sum + queue.length + Math.max(0, queue.end - queue.next), 0);
  }

  /** All that was known to be in the inputs has been fetched. */
  get areFetched(): boolean {
    return this.queues.every((queue) => queue.next >= queue.end);
  }

  /** All that was known to be in the inputs has been taken. */
  get areFinished(): boolean {
    return this.queues.every((queue) => queue.finished);
  }

  find({ topic, partition }: TopicPartition): InputQueue | undefined {
    return this.queues.find((queue) => queue.topic === topic && queue.partition === partition);
  }

  accept(queue: InputQueue, batch: FetchedBatch): void {
    // The consumer jumped ahead: either it had not sought yet, or what the task needs has been deleted.
    if (!queue.push(batch)) {
      this.context.consumer.seek(queue, queue.next);
      void this.#losses.look(queue);
    }
    if (queue.full && !queue.paused) {
      queue.paused = true;
      this.context.consumer.pause([queue]);
    }
  }

  seekAgain(queue: InputQueue): void {
    this.context.consumer.seek(queue, queue.next);
  }

  /** After a rebalance: the consumer has forgotten where it read, and has paused everything. */
  rejoined(): void {
    for (const queue of this.queues) {
      this.context.consumer.seek(queue, queue.next);
      if (!queue.paused) this.context.consumer.resume([queue]);
    }
  }

  /** What was paused for lack of room is fetched again. */
  resumeDrained(): void {
    for (const queue of this.queues) {
      if (!queue.paused || !queue.drained) continue;
      queue.paused = false;
      this.context.consumer.resume([queue]);
    }
  }

  /** The broker does not give what comes next: where it really is gone, the stage cannot go on. */
  outOfRange(queue: InputQueue): void {
    void this.#losses.look(queue);
  }
}
