/**
 * How fast is the log verified, beside the stages that wrote it? And how long does a stage take to get its state back?
 * The same bars through market, features, scores and forecasts as fast as they go (exactly-once), then `replay --verify`
 * of the same stages in the same process; then the features stage comes back to its 5,000 symbols.
 *
 *     npm run bench -- replay [--symbols 5000] [--minutes 60] [--restores 5]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import { simulateMinutes } from "../../pipelines/index.js";
import { startPipeline } from "../../pipelines/pipeline.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { replay } from "../../pipelines/operations/replay/replay.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import type { Logger } from "../../pipelines/runtime/logger.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { stages } from "../../pipelines/stages/index.js";
import { openBarSender } from "./helpers/bar-sender.js";
import { createCluster, createDatabase, withCleanUp } from "./helpers/cluster.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import { report, type Row } from "./helpers/result.js";
import { median, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    symbols: { type: "string", default: "5000" },
    minutes: { type: "string", default: "60" },
    restores: { type: "string", default: "5" },
  },
});
const symbols = Number(values.symbols);
const wanted = { ratio: 5, restoreSeconds: 3 } as const;
/** The transformer is left out: there are no news. */
const measured = stages.filter(({ name }) => name !== "sentiment");

/** Reports the states that each task has when it has taken over. */
function countingLogger(logger: Logger, onKeys: (keys: number) => void): Logger {
  const counting = Object.create(logger) as Logger;
  counting.child = (() => counting) as unknown as Logger["child"];
  counting.info = (...[what, message]: unknown[]) => {
    if (message === "took over") onKeys((what as { keys: number }).keys);
  };
  return counting;
}

await withCleanUp(async (cleanUp) => {
  const cluster = await createCluster(cleanUp, stages);
  const { database } = await createDatabase(cleanUp);
  await registerDefaultModels(new RegistryStore(database), cluster.config.artifactDirectory);
  await publishRegistry({ ...cluster }, database);
  const { encode, send } = await openBarSender(cleanUp, cluster);
  for (const { bars } of simulateMinutes({ symbols, minutes: Number(values.minutes), missing: 0 })) {
    await send(encode(bars));
  }
  const surroundings: Surroundings[] = [];
  const start = (name: string, drain: boolean, logger: Logger = cluster.logger) =>
    startPipeline([name], { ...cluster, logger, metrics: new Metrics(), drain });

  const live = new Map<string, number>();
  for (const { name } of measured) {
    surroundings.push(await quietMoment());
    const running = await start(name, true);
    // From when it has its tasks: what the group and the models take belongs to neither.
    while (!running.ready()) await sleep(5);
    const started = performance.now();
    await running.done;
    live.set(name, (performance.now() - started) / 1000);
    await running.stop();
  }

  surroundings.push(await quietMoment());
  const log = new PartitionLog(cluster.kafka);
  cleanUp.after(() => log.close());
  const replayed = await replay({ ...cluster, log, stages: measured });
  const broken = replayed.filter(({ records, identical }) => records === 0 || identical !== records);
  if (broken.length > 0) throw new Error(`not identical: ${JSON.stringify(broken)}`);

  const restores: number[] = [];
  let keys = 0;
  const counting = countingLogger(cluster.logger, (restored) => (keys += restored));
  for (let time = 0; time < Number(values.restores); time += 1) {
    surroundings.push(await quietMoment());
    const started = performance.now();
    keys = 0;
    const running = await start("features", false, counting);
    while (!running.ready()) await sleep(5);
    restores.push((performance.now() - started) / 1000);
    await running.stop();
    // Besides one of the market in each task.
    if (keys !== symbols + cluster.config.partitions) throw new Error(`${keys} states of ${symbols} symbols`);
  }
  const changelog = cluster.names.changelog("features");
  const offsets = await cluster.admin.offsets(changelog);
  const states = offsets.reduce((sum, { low, end }) => sum + end - low, 0);

  const rows = replayed.map(({ stage, inputs, records, seconds }): Row => {
    const liveSeconds = live.get(stage) ?? NaN;
    return {
      stage,
      inputs,
      records,
      "live, s": rounded(liveSeconds, 2),
      "replay, s": rounded(seconds, 2),
      "live, inputs/s": rounded(inputs / liveSeconds, 0),
      "replay, inputs/s": rounded(inputs / seconds, 0),
      ratio: rounded(liveSeconds / seconds, 2),
    };
  });
  const sum = (list: Iterable<number>): number => [...list].reduce((total, value) => total + value, 0);
  const ratio = sum(live.values()) / sum(replayed.map(({ seconds }) => seconds));
  report({
    name: "replay",
    question: "How fast is the log verified, and how fast does a stage get its state back?",
    settings: { symbols, minutes: Number(values.minutes), partitions: cluster.config.partitions },
    surroundings,
    tables: {
      "the same inputs, live as fast as they go (exactly-once) and verified, one process": rows,
      "a process of the features stage, from its start until it has all its tasks, s": [
        {
          symbols,
          "offsets in the changelog": states,
          median: rounded(median(restores), 2),
          worst: rounded(Math.max(...restores), 2),
        },
      ],
    },
    targets: [
      {
        what: "replay against live, all of these stages",
        wanted: `≥ ${wanted.ratio} ×`,
        measured: `${rounded(ratio, 2)} ×`,
        met: ratio >= wanted.ratio,
      },
      {
        what: `state of ${symbols} symbols restored, median`,
        wanted: `≤ ${wanted.restoreSeconds} s`,
        measured: `${rounded(median(restores), 2)} s`,
        met: median(restores) <= wanted.restoreSeconds,
      },
    ],
    packages: ["kafkajs", "avsc", "onnxruntime-node"],
  });
});
