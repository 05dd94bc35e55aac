/**
 * The commands that write much, with three months of real data and no fault, on a cluster of brokers.
 *
 *     npm run chaos -- commands [--brokers 3] [--kafka 3.9]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withCleanUp } from "../bench/helpers/cluster.js";
import { rounded } from "../bench/helpers/statistics.js";
import { sliceFiles } from "../helpers/pipeline.js";
import { openBrokers, type Brokers } from "./brokers.js";
import { writeResult } from "./result.js";
import { runCommands } from "./run-commands.js";

const { values } = parseArgs({
  options: { brokers: { type: "string", default: "3" }, kafka: { type: "string" } },
});
const stack = process.env.NEWSTAPE_TEST_STACK;
if (!stack) throw new Error("NEWSTAPE_TEST_STACK names no stack: run `npm run chaos -- commands`");
let brokers: Brokers | undefined;
const results = await withCleanUp(async (cleanUp) => {
  brokers = await openBrokers(cleanUp, values, join(stack, "logs", "brokers"));
  return runCommands(cleanUp, {
    brokers: brokers.cluster,
    ...sliceFiles,
    simulated: { symbols: 2000, minutes: 60 },
    all: true,
    onCommand: ({ command, seconds, problems }) =>
      console.error(`${command}: ${seconds.toFixed(1)} s; ${problems.join("; ") || "every record once"}`),
  });
});
const problems = results.flatMap((result) => result.problems.map((problem) => `${result.command}: ${problem}`));
const commands = results.map(({ command, seconds, records }) => ({ command, seconds: rounded(seconds), records }));
writeResult(
  `commands${brokers?.suffix ?? ""}`,
  { settings: values, commands, problems },
  ["kafkajs"],
  brokers?.version,
);
process.exitCode = problems.length === 0 ? 0 : 1;
