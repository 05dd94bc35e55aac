import assert from "node:assert/strict";
import { test } from "node:test";
import { PartitionLog } from "../../../pipelines/runtime/kafka/partition-log.js";
import { TransactionalProducer } from "../../../pipelines/runtime/kafka/producers.js";
import { createTestCluster } from "../../helpers/kafka.js";

test("a transaction larger than the broker takes in one batch is committed whole and in order", async (t) => {
  const cluster = await createTestCluster(t, []);
  const producer = new TransactionalProducer(cluster.kafka, `${cluster.names.topic("features")}.large`);
  const log = new PartitionLog(cluster.kafka);
  t.after(() => Promise.all([producer.close(), log.close()]));
  await producer.fence();
  const topic = cluster.names.topic("features");
  const other = cluster.names.topic("scores");
  // 3 MB in one partition, where 1,048,588 bytes is the default limit.
  const records = Array.from({ length: 1500 }, (_, index) => ({
    topic: index % 3 === 0 ? other : topic,
    partition: 2,
    key: String(index),
    value: Buffer.alloc(3000, index),
  }));
  const group = cluster.names.group("large");
  await producer.commit(records, group, [
    { topic: cluster.names.topic("market.bars"), partition: 2, offset: 1500, metadata: "kept" },
  ]);

  // The markers of the commit may still be on their way.
  for (const name of [topic, other]) await log.settledBounds(name);
  const stored = [...(await cluster.readAll(topic)), ...(await cluster.readAll(other))];
  const expected = [
    ...records.filter((entry) => entry.topic === topic),
    ...records.filter((entry) => entry.topic === other),
  ];
  assert.deepEqual(
    stored.map(({ key, value }) => [key, value]),
    expected.map(({ key, value }) => [key, value]),
  );
  const committed = await cluster.admin.committed(group, [cluster.names.topic("market.bars")]);
  const own = committed.find(({ partition }) => partition === 2);
  assert.equal(own?.offset, 1500);
  assert.equal(own?.metadata, "kept");
});
