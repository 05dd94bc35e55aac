/** A short attack on the whole pipeline; the long ones are `npm run chaos`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { stages } from "../../pipelines/stages/index.js";
import { createCluster, createDatabase, withCleanUp } from "../bench/helpers/cluster.js";
import { attack } from "../chaos/attack.js";

test("eight faults under load: nothing lost, nothing doubled, every value as its replay gives it", async (t) => {
  const stack = process.env.NEWSTAPE_TEST_STACK;
  if (!stack) throw new Error("NEWSTAPE_TEST_STACK must name the test stack's data directory: run `npm test`");
  await withCleanUp(async (cleanUp) => {
    // A process that is killed or frozen is missed sooner than after the usual 6 s.
    const cluster = await createCluster(cleanUp, stages, { NEWSTAPE_SESSION_TIMEOUT_MS: "3000" });
    const { database, url } = await createDatabase(cleanUp);
    const result = await attack({
      cluster,
      database,
      databaseUrl: url,
      stack,
      faults: 8,
      seed: "short",
      symbols: 12,
      pause: 2,
      logFile: join(stack, "chaos-short.log"),
    });
    t.diagnostic(result.faults.map(({ kind, victim }) => `${kind} ${victim}`).join(", "));
    assert.equal(result.faults.length, 8);
    assert.deepEqual(result.problems, []);
    assert.ok(result.articles > 10 && (result.records.signals ?? 0) > 500);
  });
});
