/** What waits by `status`, on a real broker: records, and none of the markers that transactions leave. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { exactBelow } from "../../pipelines/operations/lag.js";
import { stageStatuses } from "../../pipelines/operations/stage-status.js";
import { BulkTransaction } from "../../pipelines/runtime/kafka/bulk-transaction.js";
import { stages } from "../../pipelines/stages/index.js";
import { createTestCluster, type TestCluster } from "../helpers/kafka.js";

class Failing extends BulkTransaction {
  protected override async beforeCommit(): Promise<void> {
    throw new Error("aborted");
  }
}

/** Writes bars that are never decoded into partition 0 of market.bars. */
async function openWriter(t: TestContext, { kafka, names }: TestCluster) {
  const topic = names.topic("market.bars");
  const record = { topic, partition: 0, key: "X", value: Buffer.from("x"), timestamp: 1 };
  const [writer, failing] = [
    new BulkTransaction(kafka, names.transactionalId("writer", 0)),
    new Failing(kafka, names.transactionalId("failing", 0)),
  ];
  t.after(() => Promise.all([writer.close(), failing.close()]));
  const bars = (count: number) => Array.from({ length: count }, () => record);
  return {
    topic,
    write: (count: number) => writer.write(bars(count)),
    abort: (count: number) => assert.rejects(failing.write(bars(count)), /aborted/),
    commit: (offset: number) =>
      writer.write([], { groupId: names.group("market"), offsets: [{ topic, partition: 0, offset }] }),
  };
}

test("status: what waits is counted, and 0 is shown only when nothing does", async (t) => {
  const cluster = await createTestCluster(t, stages, { NEWSTAPE_PARTITIONS: "1" });
  const { topic, write, abort, commit } = await openWriter(t, cluster);
  const lag = async (): Promise<number | undefined> => {
    await cluster.log.settledBounds(topic);
    return (await stageStatuses(cluster)).find(({ stage }) => stage === "market")?.lag;
  };
  assert.equal(await lag(), 0);

  await write(3);
  assert.equal(await lag(), 3, "nothing was committed yet");

  await commit(3);
  const [bounds] = await cluster.log.settledBounds(topic);
  assert.ok((bounds?.stable ?? 0) > 3, "the marker lies behind the last record");
  assert.equal(await lag(), 0);

  await write(1);
  assert.equal(await lag(), 1);
  await commit(5);
  assert.equal(await lag(), 0);

  await abort(exactBelow + 50);
  assert.equal(await lag(), 0, "aborted records are never handed to a stage, however many they are");

  await write(exactBelow + 50);
  assert.ok(((await lag()) ?? 0) >= exactBelow + 50, "far behind: offsets");
});
