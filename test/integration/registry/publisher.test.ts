/** The service that publishes the registry. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { registerDefaultModels } from "../../../models/registry/defaults.js";
import { RegistryStore } from "../../../models/registry/store.js";
import { startPublisher } from "../../../pipelines/services/registry.js";
import { createTestDatabase } from "../../helpers/database.js";
import { createTestCluster } from "../../helpers/kafka.js";

test("a draining publisher publishes what waits, and ends", async (t) => {
  const cluster = await createTestCluster(t, []);
  const { config, kafka, logger, names } = cluster;
  const { url, database } = await createTestDatabase();
  await registerDefaultModels(new RegistryStore(database), config.artifactDirectory);
  const publisher = await startPublisher({ config: { ...config, databaseUrl: url }, kafka, logger, drain: true });
  t.after(() => publisher.stop());
  await publisher.done;
  const [waiting] = await database.query<{ count: string }>(
    "SELECT count(*) FROM registry_outbox WHERE published_at IS NULL",
  );
  assert.equal(Number(waiting?.count), 0);
  const keys = (await cluster.readAll(names.topic("models.registry"))).map(({ key }) => key);
  assert.ok(keys.includes("route:sentiment") && keys.length >= 10, keys.join(", "));
});
