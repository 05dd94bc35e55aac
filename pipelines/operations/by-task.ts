import type { TopicName } from "../../schemas/topics.js";
import type { PartitionBounds, PartitionLog } from "../runtime/kafka/partition-log.js";
import type { Names } from "../runtime/names.js";
import type { AnyStage } from "../runtime/stage/definition.js";
import { taskLayout } from "../runtime/stage/task-layout.js";

/**
 * The input partitions of each task of a stage, by the task's number; those of one task in the order of the stage's inputs.
 *
 * @param boundsOf of every partition of a topic, by its name on the broker
 * @param inputOf what to make of a partition
 */
export async function byTask<Input>(
  stage: AnyStage,
  names: Names,
  boundsOf: PartitionLog["bounds"],
  inputOf: (place: { readonly name: TopicName; readonly topic: string; readonly bounds: PartitionBounds }) => Input,
): Promise<Input[][]> {
  const tasks: Input[][] = [];
  for (const name of stage.inputs as TopicName[]) {
    const topic = names.topic(name);
    const partitions = await boundsOf(topic);
    const layout = taskLayout(stage, partitions.length);
    for (const bounds of partitions)
      (tasks[layout.taskOf(bounds.partition)] ??= []).push(inputOf({ name, topic, bounds }));
  }
  return tasks;
}
