import type { AnyStage } from "./definition.js";

/** How the partitions of a stage's inputs are dealt to its tasks. A task's number is its partition of the changelog too. */
export interface TaskLayout {
  /** Number of tasks, which is the number of partitions of the changelog. */
  readonly tasks: number;
  /** Partitions of every input that one task reads, ascending. */
  inputsOf(task: number): readonly number[];
  /** The task that reads a partition of the inputs, or of the changelog. */
  taskOf(partition: number): number;
}

/** @param partitions of each of the inputs */
export function taskLayout({ partitions: mode }: Pick<AnyStage, "partitions">, partitions: number): TaskLayout {
  if (mode === "all") {
    const every = Array.from({ length: partitions }, (_, partition) => partition);
    return { tasks: 1, inputsOf: () => every, taskOf: () => 0 };
  }
  return { tasks: partitions, inputsOf: (task) => [task], taskOf: (partition) => partition };
}
