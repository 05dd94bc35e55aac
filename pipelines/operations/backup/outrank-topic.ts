import { recordChange } from "../../../models/registry/outbox.js";
import type { Transactional } from "../../../schemas/queryable.js";
import type { RegistryRecord } from "../../../schemas/generated/types.js";
import { openRegistryCodec, type RecordCodec } from "../../runtime/codec.js";
import type { Config } from "../../runtime/config.js";
import type { ClusterAdmin } from "../../runtime/kafka/admin.js";
import type { Kafka } from "../../runtime/kafka/client.js";
import { readTopic } from "../../runtime/kafka/read-topic.js";
import type { StoredRecord } from "../../runtime/kafka/types.js";
import { namesUnder } from "../../runtime/names.js";

interface Cluster {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
}

/**
 * After an older backup was restored, the topic may know later revisions than the database, and who follows it would take
 * no notice of the restored ones: each such key gets a revision beyond the topic's.
 *
 * @returns keys that only the topic has
 */
export async function outrankTopic(cluster: Cluster, database: Transactional): Promise<string[]> {
  const codec = await openRegistryCodec(cluster.config);
  const published = await publishedRecords(cluster, codec);
  return database.transaction(async (client) => {
    const { rows } = await client.query<{ key: string; revision: string; record: RegistryRecord }>(
      `SELECT newest.key, newest.revision, newest.record
       FROM registry_outbox AS newest JOIN registry_revisions AS known USING (key, revision) ORDER BY newest.id`,
    );
    for (const { key, revision, record } of rows) {
      const there = published.get(key);
      // The same record takes the same bytes.
      if (!there || there.revision < Number(revision) || codec.encode(there).equals(codec.encode(record))) continue;
      await client.query("UPDATE registry_revisions SET revision = $2 WHERE key = $1", [key, there.revision]);
      await client.query("UPDATE registry_outbox SET published_at = now() WHERE key = $1 AND published_at IS NULL", [
        key,
      ]);
      await recordChange(client, key, { model: record.model, route: record.route });
    }
    const restored = new Set(rows.map(({ key }) => key));
    return [...published.keys()].filter((key) => !restored.has(key)).sort();
  });
}

async function publishedRecords(
  { config, kafka, admin }: Cluster,
  codec: RecordCodec<RegistryRecord>,
): Promise<Map<string, RegistryRecord>> {
  const topic = namesUnder(config.topicPrefix).topic("models.registry");
  const stored: StoredRecord[] = [];
  const reader = await readTopic(kafka, admin, topic, (record) => stored.push(record), {
    groupPrefix: config.topicPrefix,
  });
  await reader.caughtUp;
  await reader.stop();
  const newest = new Map<string, RegistryRecord>();
  for (const { value } of stored) {
    const record = await codec.read(value);
    if (record.revision > (newest.get(record.key)?.revision ?? 0)) newest.set(record.key, record);
  }
  return newest;
}
