/** What a committed transaction wrote becomes visible only with its marker, which may take its time on the way to the partition. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { topicRecord } from "../../../pipelines/runtime/topic-record.js";
import { TransactionalProducer } from "../../../pipelines/runtime/kafka/producers.js";
import { Metrics } from "../../../pipelines/runtime/metrics.js";
import { runStage } from "../../../pipelines/runtime/stage/runner.js";
import { countStage, sentimentOf } from "../../helpers/count-stage.js";
import { createTestCluster } from "../../helpers/kafka.js";

test("a draining stage waits for the transactions that are open when it begins", async (t) => {
  const cluster = await createTestCluster(t, [countStage]);
  const { names, config, kafka, logger } = cluster;
  const codec = await cluster.codec("news.sentiment");
  const topic = names.topic("news.sentiment");
  const records = Array.from({ length: 60 }, (_, index) => sentimentOf(index, 12)).map((sentiment) =>
    topicRecord({ name: "news.sentiment", names, partitions: config.partitions, codec }, sentiment),
  );
  let draining: Promise<void> | undefined;
  class SlowProducer extends TransactionalProducer {
    protected override async beforeCommit(): Promise<void> {
      const running = await runStage(countStage, {
        config,
        kafka,
        logger,
        metrics: new Metrics(),
        services: {},
        drain: true,
      });
      draining = running.done.then(() => running.stop());
      // It has looked up by now where its inputs end.
      while (running.tasks().length === 0 || running.tasks().some(({ phase }) => phase === "taking over"))
        await sleep(20);
    }
  }
  const producer = new SlowProducer(kafka, names.group("writer"));
  t.after(() => producer.close());
  await producer.fence();
  await producer.commit(records, names.group("writer"), [{ topic, partition: 0, offset: 1 }]);
  await draining;
  assert.equal((await cluster.readAll(names.topic("features"))).length, 60);
});
