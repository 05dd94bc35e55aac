/** A short outage of each server; long ones are `npm run chaos -- outages`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { stages } from "../../pipelines/stages/index.js";
import { createCluster, createDatabase, withCleanUp } from "../bench/helpers/cluster.js";
import { outages } from "../chaos/outage.js";

/** A member of a group may be silent for 3 s; a server is away for longer, by as much as a rebalance may take. */
const sessions = { NEWSTAPE_SESSION_TIMEOUT_MS: "3000" };
const seconds = 10;

test("the database, the registry and the broker are away in turn: the others go on, and nothing is lost or doubled", async (t) => {
  const stack = process.env.NEWSTAPE_TEST_STACK;
  if (!stack) throw new Error("NEWSTAPE_TEST_STACK must name the test stack's data directory: run `npm test`");
  await withCleanUp(async (cleanUp) => {
    const cluster = await createCluster(cleanUp, stages, sessions);
    const { database, url } = await createDatabase(cleanUp);
    const logFile = join(stack, "outages.log");
    const options = { cluster, database, databaseUrl: url, stack, seconds, symbols: 12, seed: "short", logFile };
    const result = await outages(options);
    for (const { server, meanwhile, recovery } of result.outages)
      t.diagnostic(`${server}: ${JSON.stringify(meanwhile)}, recovered in ${recovery.toFixed(1)} s`);
    assert.deepEqual(
      result.outages.map(({ server }) => server),
      ["postgres", "registry", "kafka"],
    );
    assert.deepEqual(result.problems, []);
    assert.ok((result.records.signals ?? 0) > 500);
    const start = result.outages.find(({ server }) => server === "registry")?.start;
    assert.equal(start?.code, 1);
    assert.match(start.stderr, /The schema registry does not answer: .*\n.*SCHEMA_REGISTRY_URL/);
  });
});
