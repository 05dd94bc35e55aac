/**
 * Does a stage that is a million records behind take more memory than one that is nearly up to date? The features stage in a
 * process of its own, started when the bars are there already, until it has taken the last of them.
 *
 *     npm run bench -- behind [--records 1000000] [--few 50000] [--symbols 500]
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { stageStatuses } from "../../pipelines/operations/stage-status.js";
import { simulateMinutes } from "../../pipelines/index.js";
import { handled } from "../../pipelines/runtime/stage/progress.js";
import { stages } from "../../pipelines/stages/index.js";
import type { Bar } from "../../schemas/generated/types.js";
import { openBarSender } from "./helpers/bar-sender.js";
import { startChild } from "./helpers/child.js";
import { createCluster, withCleanUp } from "./helpers/cluster.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import type { PipelineMessage } from "./helpers/pipeline-process.js";
import { report, type Row } from "./helpers/result.js";
import { percentile, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "1000000" },
    few: { type: "string", default: "50000" },
    symbols: { type: "string", default: "500" },
  },
});
const symbols = Number(values.symbols);
const backlogs = [Number(values.few), Number(values.records)];
/** The smaller vectors: it is the inputs that are counted. */
const featureSet = "core";

interface Measured {
  readonly records: number;
  readonly seconds: number;
  /** Highest resident memory of the process, MiB. */
  readonly peak: number;
  /** Resident memory every 200 ms, MiB. */
  readonly samples: readonly number[];
}

async function measure(records: number): Promise<Measured> {
  return withCleanUp(async (cleanUp) => {
    const cluster = await createCluster(cleanUp, stages);
    const { encode, send } = await openBarSender(cleanUp, cluster);
    const minutes = simulateMinutes({ symbols, minutes: Math.ceil(records / symbols), newsPerMinute: 0, missing: 0 });
    let waiting: Bar[] = [];
    let published = 0;
    const flush = async (): Promise<void> => {
      await send(encode(waiting));
      published += waiting.length;
      waiting = [];
    };
    for (const { bars } of minutes) {
      waiting.push(...bars);
      if (waiting.length >= 5000) await flush();
    }
    await flush();
    const child = await startChild<PipelineMessage>("./pipeline-process.js", {
      arguments: ["features"],
      environment: { ...cluster.environment, NEWSTAPE_FEATURE_SETS: featureSet },
    });
    const started = performance.now();
    const samples: number[] = [];
    const sampling = setInterval(() => samples.push(...residentOf(child.pid)), 200);
    try {
      for (let taken = 0; taken < published;) {
        await sleep(250);
        // A broker that has just started does not know the groups' coordinators yet.
        const statuses = await stageStatuses(cluster).catch(() => []);
        const status = statuses.find(({ stage }) => stage === "features");
        if (status) taken = handled(status);
        if (performance.now() - started > 240_000) throw new Error(`${taken} of ${published} bars within 4 minutes`);
      }
    } finally {
      clearInterval(sampling);
    }
    const seconds = (performance.now() - started) / 1000;
    const memory = child.message((message) => message.memory);
    await child.stop();
    return { records: published, seconds, peak: await memory, samples };
  });
}

/** MiB; nothing where the system does not report it. */
function residentOf(pid: number): number[] {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? [] : [Number(kilobytes) / 1024];
  } catch {
    return [];
  }
}

const surroundings: Surroundings[] = [];
const measured: Measured[] = [];
for (const records of backlogs) {
  surroundings.push(await quietMoment());
  const result = await measure(records);
  measured.push(result);
  console.error(`${result.records} bars: ${result.seconds.toFixed(1)} s, peak ${result.peak} MiB`);
}

/** Median of one of five equal parts of the run. */
const fifth = ({ samples }: Measured, index: number): number => {
  const part = samples.slice(Math.floor((index * samples.length) / 5), Math.floor(((index + 1) * samples.length) / 5));
  return part.length > 0 ? rounded(percentile(part, 0.5), 0) : 0;
};
const [few, many] = measured;
if (!few || !many) throw new Error("two backlogs are measured");
const ratio = many.peak / few.peak;
report({
  name: "behind",
  question: "Does a stage that is a million records behind take more memory than one that is nearly up to date?",
  settings: { stage: "features", "feature set": featureSet, symbols, partitions: 6, processes: 1 },
  surroundings,
  tables: {
    "memory by backlog (resident, MiB; medians of the run's fifths)": measured.map((run): Row => ({
      "records behind": run.records,
      seconds: rounded(run.seconds),
      "records/s": rounded(run.records / run.seconds, 0),
      ...Object.fromEntries([0, 1, 2, 3, 4].map((index) => [`${20 * index}–${20 * (index + 1)} %`, fifth(run, index)])),
      peak: rounded(run.peak, 0),
    })),
  },
  targets: [
    {
      what: `peak with ${many.records} behind to the peak with ${few.records}`,
      wanted: "≤ 1.3",
      measured: ratio.toFixed(2),
      met: ratio <= 1.3,
    },
    { what: "peak", wanted: "≤ 700 MiB", measured: `${rounded(many.peak, 0)} MiB`, met: many.peak <= 700 },
  ],
  packages: ["kafkajs", "avsc"],
});
