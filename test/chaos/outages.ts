/**
 * Every server away for --seconds, one after the other, with the whole pipeline under load.
 *
 *     npm run chaos -- outages [--seconds 60] [--symbols 40] [--seed 1]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stages } from "../../pipelines/stages/index.js";
import { createCluster, createDatabase, withCleanUp } from "../bench/helpers/cluster.js";
import { rounded } from "../bench/helpers/statistics.js";
import { outages } from "./outage.js";
import { writeResult } from "./result.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    symbols: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
  },
});
const stack = process.env.NEWSTAPE_TEST_STACK;
if (!stack) throw new Error("NEWSTAPE_TEST_STACK names no stack: run `npm run chaos -- outages`");
const result = await withCleanUp(async (cleanUp) => {
  const cluster = await createCluster(cleanUp, stages);
  const { database, url } = await createDatabase(cleanUp);
  return outages({
    cluster,
    database,
    databaseUrl: url,
    stack,
    seconds: Number(values.seconds),
    symbols: Number(values.symbols),
    seed: values.seed,
    logFile: join(stack, "outages-long.log"),
    onOutage: ({ server, meanwhile, recovery }) =>
      console.error(
        `${server.padEnd(9)} ${values.seconds} s away, ${recovery.toFixed(1)} s to recover; meanwhile ${JSON.stringify(meanwhile)}`,
      ),
  });
});
const content = {
  settings: values,
  outages: result.outages.map(({ server, meanwhile, recovery }) => ({
    server,
    meanwhile,
    recoverySeconds: rounded(recovery),
  })),
  records: result.records,
  problems: result.problems,
};
writeResult("outages", content, ["kafkajs", "pg"]);
process.exitCode = result.problems.length === 0 ? 0 : 1;
