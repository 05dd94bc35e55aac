/**
 * Faults at random moments, reproducible by seed, against the whole pipeline under load.
 *
 *     npm run chaos -- [--faults 100] [--seed 1] [--symbols 40] [--pause 3] [--brokers 3] [--kafka 3.9]
 *
 * With several brokers they are a cluster of their own, struck one at a time; the release is the local stack's unless another is named.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stages } from "../../pipelines/stages/index.js";
import { createCluster, createDatabase, withCleanUp } from "../bench/helpers/cluster.js";
import { median, rounded } from "../bench/helpers/statistics.js";
import { attack } from "./attack.js";
import { openBrokers, type Brokers } from "./brokers.js";
import { clusterFaultKinds, faultKinds } from "./faults.js";
import { writeResult } from "./result.js";

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    symbols: { type: "string", default: "40" },
    pause: { type: "string", default: "3" },
    brokers: { type: "string" },
    kafka: { type: "string" },
  },
});
const stack = process.env.NEWSTAPE_TEST_STACK;
if (!stack) throw new Error("NEWSTAPE_TEST_STACK names no stack: run `npm run chaos`");
let brokers: Brokers | undefined;
const result = await withCleanUp(async (cleanUp) => {
  if (values.brokers !== undefined || values.kafka !== undefined)
    brokers = await openBrokers(cleanUp, values, join(stack, "logs", "brokers"));
  const cluster = await createCluster(cleanUp, stages, brokers?.cluster.environment);
  const { database, url } = await createDatabase(cleanUp);
  return attack({
    cluster,
    ...(brokers && { brokers: brokers.cluster }),
    database,
    databaseUrl: url,
    stack,
    faults: Number(values.faults),
    seed: values.seed,
    symbols: Number(values.symbols),
    pause: Number(values.pause),
    logFile: join(stack, `chaos-${values.seed}.log`),
    onFault: ({ kind, victim, at, recovery }) =>
      console.error(
        `${at.toFixed(0).padStart(5)} s  ${kind.padEnd(13)} ${victim}${recovery === undefined ? "" : `, next output after ${recovery.toFixed(1)} s`}`,
      ),
  });
});
const recoveries = (kinds: readonly string[]): number[] =>
  result.faults.flatMap(({ kind, recovery }) => (kinds.includes(kind) && recovery !== undefined ? [recovery] : []));
const summary = (list: readonly number[]) =>
  list.length > 0 ? { count: list.length, median: rounded(median(list)), worst: rounded(Math.max(...list)) } : null;
const content = {
  settings: values,
  faults: Object.fromEntries(
    (brokers ? clusterFaultKinds : faultKinds).map((kind) => [
      kind,
      result.faults.filter((fault) => fault.kind === kind).length,
    ]),
  ),
  bars: result.bars,
  articles: result.articles,
  records: result.records,
  attackedSeconds: rounded(result.seconds),
  settledSeconds: rounded(result.settled),
  recoverySeconds: { stage: summary(recoveries(["kill"])), kafka: summary(recoveries(["kill kafka", "kill broker"])) },
  restarted: result.restarted,
  problems: result.problems,
};
writeResult(`seed-${values.seed}${brokers?.suffix ?? ""}`, content, ["kafkajs"], brokers?.version);
console.log(
  result.problems.length === 0
    ? `${result.faults.length} faults: nothing lost, nothing doubled, every value as its replay gives it`
    : `${result.problems.length} problems`,
);
process.exitCode = result.problems.length === 0 ? 0 : 1;
