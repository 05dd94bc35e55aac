import type { TopicName } from "../../../schemas/topics.js";
import type { CommittedOffset } from "../kafka/types.js";
import type { Names } from "../names.js";
import type { AnyStage } from "./definition.js";
import type { InputQueue } from "./input-queue.js";
import type { ProcessedEntry } from "./process-batch.js";
import { encodeProgress, type OutcomeCounts, type Progress } from "./progress.js";

/** The accounting of one task: outcomes by input and outputs by topic, committed beside the inputs' offsets. */
export class TaskAccounting {
  readonly #inputs: readonly TopicName[];
  readonly #outputs: readonly string[];
  /** Partitions of each input that the task reads. */
  readonly #width: number;
  readonly #counts: { readonly outcomes: OutcomeCounts; readonly outputs: number[] }[];

  /** @param progress what was committed for each partition of each input, in their order */
  constructor(stage: AnyStage, names: Names, progress: readonly Progress[]) {
    this.#inputs = stage.inputs as TopicName[];
    this.#width = Math.max(1, progress.length / this.#inputs.length);
    this.#outputs = (stage.outputs as TopicName[]).map(names.topic);
    this.#counts = progress.map(({ outcomes, outputs }) => ({
      outcomes: { ...outcomes },
      outputs: this.#outputs.map((_, index) => outputs[index] ?? 0),
    }));
  }

  /**
   * Enters a batch; returns the input partitions whose offsets moved. A record that is broadcast counts once for each
   * partition that it was written to: the sums are those of the records in the topic.
   */
  enter(processed: readonly ProcessedEntry[]): Set<number> {
    const moved = new Set<number>();
    for (const { merged, kind, records, outputs } of processed) {
      const { topic: name, stored } = merged.entry;
      const input = this.#inputs.indexOf(name) * this.#width + (this.#width > 1 ? stored.partition : 0);
      moved.add(input);
      const counts = this.#counts[input];
      if (!counts) continue;
      counts.outcomes[kind] += 1;
      for (const { topic } of records.slice(0, outputs)) {
        const output = this.#outputs.indexOf(topic);
        counts.outputs[output] = (counts.outputs[output] ?? 0) + 1;
      }
    }
    return moved;
  }

  /** What to commit of these input partitions: the position, and beside it the counts and the place inside a sorted part. */
  offsets(queues: readonly InputQueue[], inputs: Iterable<number>, order?: string): CommittedOffset[] {
    // The order of several inputs stands beside the first of them, which therefore is always committed.
    const committed = queues.length > 1 ? new Set([0, ...inputs]) : new Set(inputs);
    return [...committed].flatMap((input) => {
      const queue = queues[input];
      const counts = this.#counts[input];
      if (!queue || !counts) return [];
      const sort = queue.sorting && {
        end: queue.end,
        ...(queue.sorting.after && { after: queue.sorting.after }),
      };
      const metadata = encodeProgress({
        ...counts,
        ...(sort && { sort }),
        ...(input === 0 && order !== undefined && { order }),
      });
      return [{ topic: queue.topic, partition: queue.partition, offset: queue.position, metadata }];
    });
  }
}
