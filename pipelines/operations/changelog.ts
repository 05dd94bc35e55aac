import type { PartitionBounds, PartitionLog } from "../runtime/kafka/partition-log.js";

/** The newest value of each key of a changelog partition, in the order of their last writes, as a restore sees them. */
export async function changelogState(
  log: PartitionLog,
  topic: string,
  { partition, low, stable }: Pick<PartitionBounds, "partition" | "low" | "stable">,
): Promise<Map<string, { readonly value: Buffer; readonly timestamp: number }>> {
  const latest = new Map<string, { value: Buffer; timestamp: number }>();
  for await (const records of log.read(topic, partition, low, stable)) {
    for (const { key, value, timestamp } of records) {
      if (key === null) continue;
      latest.delete(key);
      if (value !== null) latest.set(key, { value, timestamp });
    }
  }
  return latest;
}

export async function changelogKeys(
  log: PartitionLog,
  topic: string,
  bounds: Pick<PartitionBounds, "partition" | "low" | "stable">,
): Promise<string[]> {
  return [...(await changelogState(log, topic, bounds)).keys()];
}
