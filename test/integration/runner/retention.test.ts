/** What retention deletes before it was read: it is not skipped in silence, and not waited for for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runLanding } from "../../../pipelines/landing/consumer.js";
import { UserError } from "../../../pipelines/runtime/errors.js";
import { OperationsAdmin } from "../../../pipelines/runtime/kafka/operations-admin.js";
import { Metrics } from "../../../pipelines/runtime/metrics.js";
import { runStage } from "../../../pipelines/runtime/stage/runner.js";
import type { TopicName } from "../../../schemas/topics.js";
import { countOutcomes, until } from "../../helpers/count-load.js";
import { countOperator, countStage, sentimentOf } from "../../helpers/count-stage.js";
import { createTestCluster, type TestCluster } from "../../helpers/kafka.js";

const sentiments = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => sentimentOf(from + index, 1));

/** All partitions; `left` of the records of each stay. */
async function deleteRecords(cluster: TestCluster, name: TopicName, left: number): Promise<void> {
  const topic = cluster.names.topic(name);
  const operations = new OperationsAdmin(cluster.kafka);
  try {
    const offsets = await cluster.admin.offsets(topic);
    await operations.deleteRecords(
      topic,
      offsets.filter(({ end }) => end > left).map(({ partition, end }) => ({ partition, offset: end - left })),
    );
  } finally {
    await operations.close();
  }
}

/** Work that waits until it is let through. */
function gate() {
  let open: () => void = () => undefined;
  let reached: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const isReached = new Promise<void>((resolve) => (reached = resolve));
  return {
    open,
    isReached,
    pass: () => {
      reached();
      return opened;
    },
  };
}

const lost = (reader: string) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.match(
    error.message,
    new RegExp(`^${reader} stands at offset \\d+ of \\S+news\\.sentiment/\\d, and retention`),
  );
  assert.match(error.message, /[1-9]\d* offsets are lost/);
  assert.match(error.remedy ?? "", new RegExp(`newstape reset ${reader}`));
  return true;
};

test("a stage that comes back past retention ends with the way out, and has read nothing of what is left", async (t) => {
  const cluster = await createTestCluster(t, [countStage]);
  const start = () => runStage(countStage, { ...cluster, metrics: new Metrics(), services: {} });
  await cluster.publish("news.sentiment", sentiments(300));
  const before = await start();
  await until(async () => (await countOutcomes(cluster)) === 300, "the first part is through");
  await before.stop();
  await cluster.publish("news.sentiment", sentiments(300, 300));
  await deleteRecords(cluster, "news.sentiment", 100);
  const after = await start();
  await assert.rejects(after.done, lost("count"));
  await after.stop();
  assert.equal(await countOutcomes(cluster), 300);
});

test("a stage that falls behind retention while it runs ends likewise", async (t) => {
  const cluster = await createTestCluster(t, [countStage]);
  const held = gate();
  t.after(held.open);
  const operator: typeof countOperator = {
    ...countOperator,
    process: async (batch, state, services) => {
      await held.pass();
      return countOperator.process(batch, state, services);
    },
  };
  // More than the queue of an input holds, and what is on its way besides.
  await cluster.publish("news.sentiment", sentiments(25_000));
  const running = await runStage({ ...countStage, operator }, { ...cluster, metrics: new Metrics(), services: {} });
  await held.isReached;
  await sleep(2000);
  await deleteRecords(cluster, "news.sentiment", 100);
  held.open();
  await assert.rejects(running.done, lost("count"));
  // Before the topics go: a producer tries for a minute to write to one that is gone.
  await running.stop();
});

test("the landing that falls behind retention ends likewise, running or coming back", async (t) => {
  const cluster = await createTestCluster(t, []);
  const held = gate();
  t.after(held.open);
  await cluster.publish("news.sentiment", sentiments(35_000));
  const start = (write: () => Promise<void>) => runLanding({ ...cluster, write: () => write().then(() => new Map()) });
  const running = await start(() => held.pass());
  await held.isReached;
  await sleep(2000);
  await deleteRecords(cluster, "news.sentiment", 100);
  held.open();
  await assert.rejects(running.done, lost("landing"));
  await running.stop();
  const again = await start(async () => undefined);
  await assert.rejects(again.done, lost("landing"));
  await again.stop();
});
