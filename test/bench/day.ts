/**
 * Can the whole pipeline keep up with a market? A session of one-minute bars of many symbols from the simulator, one burst
 * a (shortened) minute, through market, features, scores and forecasts, each in a process of its own. After every burst:
 * what is left to do, and the memory of each process; in the end every record is accounted for.
 *
 *     npm run bench -- day [--symbols 5000] [--minutes 390] [--every 2500] [--landing]
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import { stageStatuses, type StageStatus } from "../../pipelines/operations/stage-status.js";
import { simulateMinutes } from "../../pipelines/ingest/index.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { countRecords } from "../../pipelines/runtime/kafka/count-records.js";
import { handled } from "../../pipelines/runtime/stage/progress.js";
import { stages } from "../../pipelines/stages/index.js";
import type { TopicName } from "../../schemas/topics.js";
import { startChild, type BenchChild } from "./helpers/child.js";
import { createCluster, createDatabase, openPublisher, withCleanUp } from "./helpers/cluster.js";
import { quietMoment } from "./helpers/machine.js";
import type { PipelineMessage } from "./helpers/pipeline-process.js";
import { report, type Row } from "./helpers/result.js";
import { median, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    symbols: { type: "string", default: "5000" },
    minutes: { type: "string", default: "390" },
    every: { type: "string", default: "2500" },
    landing: { type: "boolean", default: false },
  },
});
const symbols = Number(values.symbols);
const minutes = Number(values.minutes);
const every = Number(values.every);
const running = ["market", "features", "scores", "forecasts", ...(values.landing ? ["landing"] : [])];

interface Observation {
  readonly minute: number;
  /** Records not yet done when the next burst is due, all stages together. */
  readonly lag: number;
  /** Resident memory by process, MiB. */
  readonly memory: readonly number[];
}

function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? NaN) / 1024;
}

const surroundings = [await quietMoment()];
const outcome = await withCleanUp(async (cleanUp) => {
  const cluster = await createCluster(cleanUp, stages);
  const { database, url } = await createDatabase(cleanUp);
  await registerDefaultModels(new RegistryStore(database), cluster.config.artifactDirectory);
  await publishRegistry(cluster, database);
  const environment = { ...cluster.environment, DATABASE_URL: url };
  const children: BenchChild<PipelineMessage>[] = [];
  cleanUp.after(() => Promise.all(children.map((child) => child.stop())));
  for (const name of running) {
    const child = await startChild<PipelineMessage>("./pipeline-process.js", { arguments: [name], environment });
    children.push(child);
    await child.message(({ ready }) => ready);
  }
  const statuses = (): Promise<StageStatus[]> => stageStatuses({ ...cluster });
  const lagOf = (all: readonly StageStatus[]): number =>
    all.filter(({ stage }) => running.includes(stage)).reduce((sum, { lag }) => sum + lag, 0);
  const publish = await openPublisher(cleanUp, cluster, "market.bars");
  const observations: Observation[] = [];
  const started = performance.now();
  let sent = 0;
  let late = 0;
  for (const { bars } of simulateMinutes({ symbols, minutes, seed: "day" })) {
    const due = started + observations.length * every;
    late = Math.max(late, performance.now() - due);
    await sleep(Math.max(0, due - performance.now()));
    await publish(bars);
    sent += bars.length;
    await sleep(Math.max(0, due + every * 0.9 - performance.now()));
    const memory = children.map(({ pid }) => residentMemory(pid));
    observations.push({ minute: observations.length + 1, lag: lagOf(await statuses()), memory });
    if (observations.length % 30 === 0) console.error(JSON.stringify(observations.at(-1)));
  }
  const sending = (performance.now() - started) / 1000;
  // What one stage has published may not be seen yet as the next one's lag: done is when nothing has moved for a while.
  let now = await statuses();
  for (let before = ""; before !== JSON.stringify(now); now = await statuses()) {
    before = JSON.stringify(now);
    await sleep(3000);
  }
  const seconds = (performance.now() - started) / 1000;
  const names: TopicName[] = ["market.bars", "market.context", "features", "scores", "forecasts", "signals"];
  const counted = await countRecords(
    cluster.kafka,
    cluster.admin,
    names.map(cluster.names.topic),
    cluster.config.topicPrefix,
  );
  const records = new Map(names.map((name) => [name, counted.get(cluster.names.topic(name)) ?? 0]));
  return { observations, sent, late, sending, seconds, statuses: now, records };
});

const { observations, records } = outcome;
const problems: string[] = [];
const expect = (what: string, actual: number, expected: number): void => {
  if (actual !== expected) problems.push(`${what}: ${actual}, expected ${expected}`);
};
expect("bars in the topic", records.get("market.bars") ?? 0, outcome.sent);
for (const stage of stages.filter(({ name }) => running.includes(name))) {
  const status = outcome.statuses.find((entry) => entry.stage === stage.name);
  const inputs = (stage.inputs as TopicName[]).reduce((sum, name) => sum + (records.get(name) ?? 0), 0);
  expect(`outcomes of ${stage.name}`, status ? handled(status) : 0, inputs);
  for (const [topic, published] of Object.entries(status?.outputs ?? {})) {
    expect(`records of ${topic}`, records.get(topic as TopicName) ?? 0, published);
  }
}
for (const problem of problems) console.error(problem);

/** Warm-up, and what the heap settles to, lie in the first quarter. */
const quarter = (which: number): Observation[] =>
  observations.slice((which * observations.length) >> 2, ((which + 1) * observations.length) >> 2);
const lagIn = (which: number): number => median(quarter(which).map(({ lag }) => lag));
const memoryIn = (which: number, process: number): number =>
  rounded(median(quarter(which).map(({ memory }) => memory[process] ?? NaN)), 0);
const peaks = running.map((_, index) => rounded(Math.max(...observations.map(({ memory }) => memory[index] ?? 0)), 0));
const grown = running.filter((_, index) => memoryIn(3, index) > 1.15 * memoryIn(1, index));
const isLagFlat = lagIn(3) <= Math.max(1.15 * lagIn(1), lagIn(1) + symbols / 10);
report({
  name: "day",
  question: `A session of one-minute bars of ${symbols} symbols, a minute every ${every} ms: does anything grow, is anything lost?`,
  settings: { symbols, minutes, every, processes: running.join(" ") },
  surroundings,
  tables: {
    "records left when the next burst is due (median of each quarter)": [0, 1, 2, 3].map((which): Row => ({
      quarter: which + 1,
      records: lagIn(which),
    })),
    "memory, MiB": running.map((name, index): Row => ({
      process: name,
      "quarter 2": memoryIn(1, index),
      "quarter 3": memoryIn(2, index),
      "quarter 4": memoryIn(3, index),
      peak: peaks[index] ?? 0,
    })),
    records: [...records].map(([topic, count]): Row => ({
      topic,
      records: count,
      "a second": rounded(count / outcome.seconds, 0),
    })),
    time: [
      {
        "sending, s": rounded(outcome.sending, 0),
        "all done, s": rounded(outcome.seconds, 0),
        "latest burst, ms behind": rounded(Math.max(0, outcome.late), 0),
      },
    ],
  },
  targets: [
    { what: "records unaccounted for", wanted: "0", measured: String(problems.length), met: problems.length === 0 },
    {
      what: "lag, quarter 2 → 4",
      wanted: "no growth",
      measured: `${lagIn(1)} → ${lagIn(3)}`,
      met: isLagFlat,
    },
    {
      what: "memory, quarter 2 → 4",
      wanted: "no growth",
      measured: grown.length === 0 ? "none grew by 15 %" : `${grown.join(", ")} grew`,
      met: grown.length === 0,
    },
    {
      what: "peak memory of a process",
      wanted: "≤ 700 MiB",
      measured: `${Math.max(...peaks)} MiB`,
      met: Math.max(...peaks) <= 700,
    },
  ],
  packages: ["kafkajs", "onnxruntime-node", "avsc"],
});
process.exitCode = problems.length === 0 ? 0 : 1;
