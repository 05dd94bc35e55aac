/**
 * Each producer alone: brokers are restarted one after the other, then brokers and processes are killed at random moments, with hundreds of
 * thousands of numbered records on their way; Kafka's own consumer counts them.
 *
 *     npm run chaos -- producers [--brokers 3] [--kafka 3.9] [--records 300000] [--restarts 3] [--kills 20] [--seed 1] [--only plain]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Random } from "../../pipelines/ingest/simulation/random.js";
import { withCleanUp } from "../bench/helpers/cluster.js";
import { rounded } from "../bench/helpers/statistics.js";
import type { KafkaCluster } from "../helpers/kafka-cluster.js";
import { loadKinds, type LoadKind } from "../helpers/producers/load.js";
import type { ProducerLoad } from "../helpers/producers/producer-load.js";
import { producerProblems, runLoads, type LoadResult, type LoadSize } from "../helpers/producers/run-loads.js";
import { killAndRestart, rollingRestart } from "./broker-faults.js";
import { openBrokers, type Brokers } from "./brokers.js";
import { writeResult } from "./result.js";

const { values } = parseArgs({
  options: {
    brokers: { type: "string", default: "3" },
    kafka: { type: "string" },
    records: { type: "string", default: "300000" },
    restarts: { type: "string", default: "3" },
    kills: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const records = Number(values.records);
/** Paced, so that the records last for as long as the faults, about three minutes. */
const sizes: Readonly<Record<LoadKind, LoadSize>> = {
  transactional: { writers: 6, batch: 60, bytes: 60, pauseMs: 100, records },
  plain: { writers: 3, batch: 60, bytes: 60, pauseMs: 50, records },
  bulk: { writers: 2, batch: 4000, bytes: 300, pauseMs: 1500, records },
};
const random = new Random("producers", values.seed);

interface Kills {
  broker: number;
  process: number;
}

async function strike(cluster: KafkaCluster, load: ProducerLoad): Promise<Kills> {
  const kills: Kills = { broker: 0, process: 0 };
  for (let round = 0; round < Number(values.restarts); round += 1) {
    await rollingRestart(cluster);
    log(load, "every broker restarted");
  }
  for (let kill = 0; kill < Number(values.kills); kill += 1) {
    await sleep(500 + random.uniform() * 2000);
    // Every other one at random strikes the process, though each of the two at least now and then.
    const isProcess = random.uniform() < 0.5;
    const node = cluster.nodes[Math.floor(random.uniform() * cluster.nodes.length)];
    if (isProcess || !node) {
      await load.killAndRestart();
      kills.process += 1;
    } else {
      await cluster.untilInSync(120_000);
      await killAndRestart(node, 500 + random.uniform() * 3000);
      kills.broker += 1;
    }
    log(load, isProcess ? "process killed" : `broker ${node?.id} killed`);
  }
  await cluster.untilInSync(120_000);
  return kills;
}

const log = (load: ProducerLoad, what: string): void =>
  console.error(`${load.settings.kind}: ${what}; ${load.acknowledged} records, ${load.failures} batches threw`);

const results: (LoadResult & { readonly kills: Kills })[] = [];
let brokers: Brokers | undefined;
await withCleanUp(async (cleanUp) => {
  const opened = (brokers = await openBrokers(cleanUp, values));
  for (const kind of loadKinds.filter((each) => values.only === undefined || values.only === each)) {
    let kills: Kills = { broker: 0, process: 0 };
    const [result] = await runLoads(opened.cluster, {
      prefix: `long-${values.seed}`,
      sizes: { [kind]: sizes[kind] },
      during: async ([load]) => {
        if (load) kills = await strike(opened.cluster, load);
      },
      patience: 600,
    });
    if (result) results.push({ ...result, kills });
    console.error(producerProblems(result ? [result] : []).join("; ") || `${kind}: every record once, in its order`);
  }
});
const problems = producerProblems(results);
const producers = Object.fromEntries(
  results.map(({ kind, tally, failures, faults, seconds, longestPause, kills }) => {
    const times = { seconds: rounded(seconds), longestPauseSeconds: rounded(longestPause) };
    return [kind, { ...tally, kills, batchesThatThrew: failures, faults, ...times }];
  }),
);
const settings = { ...values, sizes };
writeResult(`producers${brokers?.suffix ?? ""}`, { settings, producers, problems }, ["kafkajs"], brokers?.version);
process.exitCode = problems.length === 0 ? 0 : 1;
