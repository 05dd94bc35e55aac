import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startStageProcess } from "../../helpers/child.js";
import { assertUndisturbed, publishLoad } from "../../helpers/count-load.js";
import { countStage } from "../../helpers/count-stage.js";
import { createTestCluster } from "../../helpers/kafka.js";

/** A member that is gone is missed sooner than after the usual 6 s. */
const sessions = { NEWSTAPE_SESSION_TIMEOUT_MS: "2000" };
/** Beyond the session time-out, so that the group gives the frozen member's tasks to the other. */
const frozenMs = 4500;

test("kill -9 in mid-transaction loses and doubles nothing", async (t) => {
  const cluster = await createTestCluster(t, [countStage], sessions);
  const survivor = startStageProcess(t, cluster.environment);
  await survivor.ready();
  const victim = startStageProcess(t, cluster.environment, ["--hold=transaction"]);
  const load = publishLoad(cluster, 6000, 1500);
  await victim.message(({ held }) => held === "transaction");
  victim.signal("SIGKILL");
  await assertUndisturbed(cluster, await load);
});

for (const hold of ["transaction", "between"] as const) {
  const where = hold === "transaction" ? "with a transaction open" : "between two transactions";
  test(`SIGSTOP beyond the session time-out ${where}, then SIGCONT, loses and doubles nothing`, async (t) => {
    const cluster = await createTestCluster(t, [countStage], sessions);
    const survivor = startStageProcess(t, cluster.environment);
    await survivor.ready();
    const frozen = startStageProcess(t, cluster.environment, [`--hold=${hold}`]);
    const load = publishLoad(cluster, 6000, 800);
    await frozen.message(({ held }) => held === hold);
    frozen.signal("SIGSTOP");
    await sleep(frozenMs);
    frozen.signal("SIGCONT");
    // The frozen one must come back as a working member, not as a zombie.
    await frozen.ready();
    await assertUndisturbed(cluster, await load);
  });
}

test("members joining and leaving under load lose and double nothing", async (t) => {
  const cluster = await createTestCluster(t, [countStage], sessions);
  const first = startStageProcess(t, cluster.environment);
  await first.ready();
  const load = publishLoad(cluster, 8000, 1000);
  const second = startStageProcess(t, cluster.environment);
  await second.ready();
  await sleep(1000);
  const third = startStageProcess(t, cluster.environment);
  await third.ready();
  await sleep(500);
  first.signal("SIGTERM");
  await first.exited;
  await sleep(500);
  second.signal("SIGTERM");
  await second.exited;
  await assertUndisturbed(cluster, await load);
});
