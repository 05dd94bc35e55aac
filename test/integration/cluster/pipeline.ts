/** The whole pipeline on three brokers that are struck one at a time; the long attacks are `npm run chaos -- --brokers 3`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { stages } from "../../../pipelines/stages/index.js";
import { createCluster, createDatabase, withCleanUp } from "../../bench/helpers/cluster.js";
import { attack } from "../../chaos/attack.js";
import type { KafkaCluster } from "../../helpers/kafka-cluster.js";

/** Two of the two that hold the most, in few processes: each loads the models and connects to every broker. */
const cast = [["sentiment", "scores"], ["sentiment", "features", "forecasts"], ["market", "features"], ["landing"]];

export function testPipeline(brokersOf: () => KafkaCluster): void {
  test("each kind of fault to the brokers under load: nothing lost, nothing doubled, every value as its replay gives it", async (t) => {
    const stack = process.env.NEWSTAPE_TEST_STACK;
    if (!stack) throw new Error("NEWSTAPE_TEST_STACK must name the test stack's data directory: run `npm test`");
    await withCleanUp(async (cleanUp) => {
      const brokers = brokersOf();
      await brokers.untilInSync();
      const cluster = await createCluster(cleanUp, stages, brokers.environment);
      const { database, url } = await createDatabase(cleanUp);
      const result = await attack({
        cluster,
        brokers,
        database,
        databaseUrl: url,
        stack,
        faults: 4,
        sequence: ["kill broker", "elect leaders", "freeze broker", "restart broker"],
        seed: "short",
        symbols: 10,
        cast,
        pause: 1.5,
        patience: 60,
        logFile: join(stack, "chaos-brokers.log"),
      });
      for (const { kind, victim, recovery } of result.faults)
        t.diagnostic(
          `${kind} (${victim})${recovery === undefined ? "" : `: next output after ${recovery.toFixed(1)} s`}`,
        );
      t.diagnostic(`restarted: ${result.restarted.join(", ") || "none"}; settled after ${result.settled.toFixed(1)} s`);
      assert.deepEqual(result.problems, []);
      assert.ok(result.articles > 3 && (result.records.signals ?? 0) > 100);
    });
  });
}
