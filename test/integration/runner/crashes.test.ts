import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../../pipelines/ingest/simulation/random.js";
import { partitionOf } from "../../../pipelines/runtime/kafka/partition-of.js";
import { crashAttempts } from "../../../pipelines/runtime/stage/crash-watch.js";
import { startStageProcess } from "../../helpers/child.js";
import { assertState, assertUndisturbed, countOutcomes, publishLoad, until } from "../../helpers/count-load.js";
import { countStage } from "../../helpers/count-stage.js";
import { createTestCluster, type TestCluster } from "../../helpers/kafka.js";
import { rejectHeaders } from "../../../schemas/headers.js";

/** Starts the process again whenever it dies, as an operating system would, until the condition holds. @returns the deaths */
async function keepAlive(
  t: TestContext,
  cluster: TestCluster,
  args: readonly string[],
  isDone: () => Promise<boolean>,
  seconds = 150,
): Promise<number> {
  let deaths = 0;
  let isOver = false;
  const finished = until(isDone, "everything has an outcome", seconds).finally(() => (isOver = true));
  finished.catch(() => undefined);
  while (!isOver) {
    const stage = startStageProcess(t, cluster.environment, args);
    await Promise.race([stage.exited, finished.catch(() => undefined)]);
    if (isOver) stage.signal("SIGKILL");
    else deaths += 1;
  }
  await finished;
  return deaths;
}

test("a record that kills the process is rejected after three attempts, and everything else goes through once", async (t) => {
  // A member that died is forgotten sooner: there are some ten deaths.
  const cluster = await createTestCluster(t, [countStage], {
    NEWSTAPE_SESSION_TIMEOUT_MS: "2000",
    NEWSTAPE_BATCH_RECORDS: "50",
  });
  const inputs = await publishLoad(cluster, 1200, 100_000);
  // Two tasks of the process have one each, and must not take each other's deaths for their own records'.
  const poison = ["sentiment-300", "sentiment-731"];
  const partitions = inputs
    .filter(({ id }) => poison.includes(id))
    .map(({ symbol }) => partitionOf(symbol, cluster.config.partitions));
  assert.equal(new Set(partitions).size, 2);
  const deaths = await keepAlive(t, cluster, [`--poison=${poison.join(",")}`], async () => {
    return (await countOutcomes(cluster)) >= inputs.length;
  });
  assert.equal(await countOutcomes(cluster), inputs.length, "one outcome per input");

  const rejected = await cluster.readAll(cluster.names.rejected(countStage.name));
  const codec = await cluster.codec("news.sentiment");
  const ids = await Promise.all(rejected.map(async ({ value }) => (await codec.read(value)).id));
  assert.deepEqual(ids.sort(), poison);
  for (const { headers } of rejected) {
    assert.equal(headers[rejectHeaders.code], "PROCESS_CRASHED");
    assert.match(headers[rejectHeaders.reason] ?? "", new RegExp(`died ${crashAttempts} times`));
  }
  // For each: one in the batch, one in the first batch after it, and the attempts alone.
  assert.ok(deaths <= poison.length * (crashAttempts + 2), `${deaths} deaths`);

  const healthy = inputs.filter(({ id }) => !poison.includes(id));
  const features = await cluster.codec("features");
  const records = await cluster.readAll(cluster.names.topic("features"));
  const triggers = await Promise.all(records.map(async ({ value }) => (await features.read(value)).triggerId));
  assert.deepEqual(triggers.sort(), healthy.map(({ id }) => id).sort(), "every other record gives one output");
  await assertState(cluster, healthy);
});

test("a process killed from outside again and again blames no record", async (t) => {
  const cluster = await createTestCluster(t, [countStage], { NEWSTAPE_SESSION_TIMEOUT_MS: "2000" });
  const load = publishLoad(cluster, 6000, 400);
  const random = new Random("crashes");
  for (let kills = 0; kills < 6; kills += 1) {
    const stage = startStageProcess(t, cluster.environment);
    await stage.ready();
    await sleep(random.uniform() * 300);
    stage.signal("SIGKILL");
    await stage.exited;
  }
  startStageProcess(t, cluster.environment);
  await assertUndisturbed(cluster, await load);
  assert.deepEqual(await cluster.readAll(cluster.names.rejected(countStage.name)), []);
});
