/** What the tests on clusters rest on: brokers that end, and a reader that does not count in part. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { exists } from "../../../deploy/local/paths.js";
import { isGone, waitUntil } from "../../../deploy/local/processes.js";
import { readConfig } from "../../../pipelines/config.js";
import { ClusterAdmin } from "../../../pipelines/runtime/kafka/admin.js";
import { createKafka } from "../../../pipelines/runtime/kafka/client.js";
import { PlainProducer, TransactionalProducer } from "../../../pipelines/runtime/kafka/producers.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";
import { startKafkaCluster } from "../../helpers/kafka-cluster.js";
import { kafkaLibraries } from "../../helpers/kafka-libraries.js";

const topic = "numbers";

test("the Java reader reads to the end of what is committed, and fails while a transaction is open", async (t) => {
  const cluster = await startKafkaCluster({ libraries: await kafkaLibraries(), nodes: 1 });
  t.after(() => cluster.close());
  const kafka = createKafka(readConfig(cluster.environment), createLogger("silent"), "test");
  const admin = new ClusterAdmin(kafka);
  t.after(() => admin.close());
  await admin.createTopics([{ name: topic, partitions: 2, replication: 1, config: {} }]);
  const plain = new PlainProducer(kafka);
  t.after(() => plain.close());
  await plain.send([
    { topic, partition: 0, key: "ü", value: Buffer.from("first"), headers: { "a:b": "c,d" } },
    { topic, partition: 1, key: null, value: null },
  ]);
  const read = async (patienceMs?: number): Promise<object[]> => {
    const found: { at: string; key: string | null; value: string | null; headers: object }[] = [];
    for await (const { partition, offset, key, value, headers } of cluster.readCommitted([topic], patienceMs))
      found.push({ at: `${partition}/${offset}`, key, value: value?.toString() ?? null, headers });
    return found.sort((one, other) => one.at.localeCompare(other.at));
  };
  const first = [
    { at: "0/0", key: "ü", value: "first", headers: { "a:b": "c,d" } },
    { at: "1/0", key: null, value: null, headers: {} },
  ];
  assert.deepEqual(await read(), first);

  class Held extends TransactionalProducer {
    protected override async beforeCommit(): Promise<void> {
      await assert.rejects(read(1500), /a transaction is open on numbers-1: stable to 1 of 2/);
    }
  }
  const producer = new Held(kafka, "held");
  t.after(() => producer.close());
  await producer.fence();
  const offsets = [{ topic, partition: 0, offset: 1 }];
  await producer.commit([{ topic, partition: 1, key: null, value: Buffer.from("second") }], "held", offsets);
  const second = { at: "1/1", key: null, value: "second", headers: {} };
  assert.deepEqual(await read(), [...first, second]);
});

test("a broker ends, and its directory goes, when the test that started it is killed", async (t) => {
  const child = fork(fileURLToPath(new URL("./cluster-process.js", import.meta.url)));
  t.after(() => child.kill("SIGKILL"));
  const [{ directory, pid }] = (await once(child, "message")) as [{ directory: string; pid: number }];
  assert.ok(!(await isGone(pid)) && (await exists(directory)));
  child.kill("SIGKILL");
  assert.ok(await waitUntil(() => isGone(pid), 20_000), "the broker outlived it");
  assert.ok(await waitUntil(async () => !(await exists(directory)), 20_000), "its directory is left");
});
