import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { killComponent, startComponent } from "../../../deploy/local/stack.js";
import { startStageProcess } from "../../helpers/child.js";
import { assertUndisturbed, countOutcomes, publishLoad, until } from "../../helpers/count-load.js";
import { countStage } from "../../helpers/count-stage.js";
import { createTestCluster } from "../../helpers/kafka.js";

test("the broker killed and started again loses and doubles nothing", async (t) => {
  const stack = process.env.NEWSTAPE_TEST_STACK;
  if (!stack) throw new Error("NEWSTAPE_TEST_STACK must name the test stack's data directory: run `npm test`");
  const cluster = await createTestCluster(t, [countStage]);
  const processes = [startStageProcess(t, cluster.environment), startStageProcess(t, cluster.environment)];
  await Promise.all(processes.map((stage) => stage.ready()));
  const load = publishLoad(cluster, 6000, 1000);
  await until(async () => (await countOutcomes(cluster)) > 1000, "the load flows");
  await killComponent(stack, "kafka", "SIGKILL");
  await sleep(1000);
  await startComponent(stack, "kafka");
  await assertUndisturbed(cluster, await load);
});
