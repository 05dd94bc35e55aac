import { readTopic } from "./read-topic.js";
import type { ClusterAdmin } from "./admin.js";
import type { Kafka } from "./client.js";

/** Records that `read_committed` shows now, by topic: they are read, because offsets count control records too. */
export async function countRecords(
  kafka: Kafka,
  admin: ClusterAdmin,
  topics: readonly string[],
  groupPrefix: string,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  await Promise.all(
    topics.map(async (topic) => {
      counts.set(topic, 0);
      const reader = await readTopic(kafka, admin, topic, () => counts.set(topic, (counts.get(topic) ?? 0) + 1), {
        groupPrefix,
      });
      await reader.caughtUp;
      await reader.stop();
    }),
  );
  return counts;
}
