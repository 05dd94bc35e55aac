import { readTopic } from "./read-topic.js";
import type { ClusterAdmin } from "./admin.js";
import type { Kafka } from "./client.js";
import type { StoredRecord } from "./types.js";

/**
 * Records that `read_committed` shows now, by topic: they are read, because offsets count control records too.
 *
 * @param onRecord called with each of them
 */
export async function countRecords(
  kafka: Kafka,
  admin: ClusterAdmin,
  topics: readonly string[],
  groupPrefix: string,
  onRecord?: (record: StoredRecord) => void,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  await Promise.all(
    topics.map(async (topic) => {
      counts.set(topic, 0);
      const count = (record: StoredRecord): void => {
        counts.set(topic, (counts.get(topic) ?? 0) + 1);
        onRecord?.(record);
      };
      const reader = await readTopic(kafka, admin, topic, count, { groupPrefix });
      await reader.caughtUp;
      await reader.stop();
    }),
  );
  return counts;
}
