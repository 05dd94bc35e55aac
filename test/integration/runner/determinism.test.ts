import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import { startStageProcess } from "../../helpers/child.js";
import { assertUndisturbed, countOutcomes, until } from "../../helpers/count-load.js";
import { countStage, sentimentOf } from "../../helpers/count-stage.js";
import { createTestCluster, type TestCluster } from "../../helpers/kafka.js";

const total = 3000;
const inputs = Array.from({ length: total }, (_, index) => sentimentOf(index, 40));
const byHash = (text: string): string => createHash("sha256").update(text).digest("hex");
/** As several tasks writing to one partition would leave them: in no order that two runs share. */
const shuffled = (seed: string) => [...inputs].sort((a, b) => (byHash(seed + a.id) < byHash(seed + b.id) ? -1 : 1));

/** What the topic holds, key by key in its order, as bytes. */
async function contents(cluster: TestCluster): Promise<Map<string, string[]>> {
  const values = new Map<string, string[]>();
  for (const { key, value } of await cluster.readAll(cluster.names.topic("features"))) {
    const list = values.get(key ?? "") ?? [];
    values.set(key ?? "", list);
    // Without the schema's id, which is the registry's, not the run's.
    list.push(value?.subarray(5).toString("base64") ?? "");
  }
  return new Map([...values].sort());
}

async function drained(t: TestContext, seed: string, batch: number, processes: number): Promise<Map<string, string[]>> {
  const cluster = await createTestCluster(t, [countStage], { NEWSTAPE_BATCH_RECORDS: String(batch) });
  await cluster.publish("news.sentiment", shuffled(seed));
  const running = Array.from({ length: processes }, () => startStageProcess(t, cluster.environment, ["--drain"]));
  const codes = await Promise.all(running.map(({ exited }) => exited));
  assert.deepEqual(
    codes,
    Array.from({ length: processes }, () => 0),
  );
  await assertUndisturbed(cluster, inputs);
  return contents(cluster);
}

test("a pre-loaded backfill gives the same bytes, whatever the batch limits, the processes and the order of arrival", async (t) => {
  const reference = await drained(t, "one", 200, 1);
  assert.equal([...reference.values()].flat().length, total);
  assert.deepEqual(await drained(t, "two", 7, 2), reference);
});

test("a backfill that is killed goes on inside its sorted part, to the same bytes", async (t) => {
  const cluster = await createTestCluster(t, [countStage], { NEWSTAPE_BATCH_RECORDS: "10" });
  await cluster.publish("news.sentiment", shuffled("three"));
  const killed = startStageProcess(t, cluster.environment, ["--drain"]);
  await until(async () => (await countOutcomes(cluster)) > 200, "the backfill is under way");
  killed.signal("SIGKILL");
  await killed.exited;
  const before = await countOutcomes(cluster);
  assert.ok(before < total, `killed in the middle, after ${before}`);
  assert.equal(await startStageProcess(t, cluster.environment, ["--drain"]).exited, 0);
  await assertUndisturbed(cluster, inputs);
});

test("a cold start continues as a warm task would", async (t) => {
  const cluster = await createTestCluster(t, [countStage]);
  const half = total / 2;
  await cluster.publish("news.sentiment", inputs.slice(0, half));
  const first = startStageProcess(t, cluster.environment);
  await until(async () => (await countOutcomes(cluster)) === half, "the first half is done");
  first.signal("SIGTERM");
  assert.equal(await first.exited, 0);
  await cluster.publish("news.sentiment", inputs.slice(half));
  const second = startStageProcess(t, cluster.environment);
  await second.ready();
  await assertUndisturbed(cluster, inputs);
});
