import { RegistryView } from "../../models/registry/view.js";
import { modelTasks } from "../../models/tasks.js";
import type { ModelVersion, Route } from "../../schemas/generated/types.js";
import { openRegistryCodec } from "../runtime/codec.js";
import type { Config } from "../runtime/config.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import type { Kafka } from "../runtime/kafka/client.js";
import { readTopic } from "../runtime/kafka/read-topic.js";
import type { StoredRecord } from "../runtime/kafka/types.js";
import { namesUnder } from "../runtime/names.js";

/** The registry as the topic has it now. */
export async function readRegistry(options: {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
}): Promise<{ routes: Route[]; models: ModelVersion[] }> {
  const { config, kafka, admin } = options;
  const topic = namesUnder(config.topicPrefix).topic("models.registry");
  const codec = await openRegistryCodec(config);
  const records: StoredRecord[] = [];
  const reader = await readTopic(kafka, admin, topic, (record) => records.push(record), {
    groupPrefix: config.topicPrefix,
  });
  await reader.caughtUp;
  await reader.stop();
  const view = new RegistryView();
  for (const { value } of records) view.apply(await codec.read(value));
  return { routes: modelTasks.flatMap((task) => view.route(task) ?? []), models: view.models() };
}
