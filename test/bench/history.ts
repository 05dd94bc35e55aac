/**
 * How long does a whole history take through all stages, in how much memory, and does a kill in the middle leave a trace?
 * The command `newstape backfill` as a user runs it, twice over the same files: undisturbed, and killed (`kill -9`) at
 * random moments and started again; both must give the same bytes in every topic, and the accounting of both must balance.
 *
 *     npm run bench -- history --news NEWS --bars BARS [--kills 4] [--seed 1]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import { auditPipeline, type Audit } from "../../pipelines/operations/audit.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { readConfig } from "../../pipelines/config.js";
import { readTopic } from "../../pipelines/runtime/kafka/read-topic.js";
import { handled } from "../../pipelines/runtime/stage/progress.js";
import { stages } from "../../pipelines/stages/index.js";
import { bundledSlice, packageRoot } from "../../schemas/files.js";
import { topicNames, topics, type TopicName } from "../../schemas/topics.js";
import { createCluster, createDatabase, withCleanUp } from "./helpers/cluster.js";
import type { Cluster } from "../helpers/cluster.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import { report, type Row } from "./helpers/result.js";
import { rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    news: { type: "string", default: bundledSlice.news },
    bars: { type: "string", default: bundledSlice.bars },
    kills: { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
  },
});
const kills = Number(values.kills);

interface Run {
  readonly audit: Audit;
  /** Hash over keys and values of every partition, by topic. */
  readonly digests: ReadonlyMap<TopicName, string>;
  readonly seconds: number;
  /** Highest resident memory of any process, MiB. */
  readonly memory: number;
  /** Seconds of each stage, of the undisturbed run. */
  readonly stages: ReadonlyMap<string, number>;
  readonly killed: number;
}

/** Numbers in [0, 1) that a seed repeats. */
function random(seed: string): () => number {
  let step = 0;
  return () =>
    createHash("sha256")
      .update(`${seed}/${(step += 1)}`)
      .digest()
      .readUInt32BE(0) /
    2 ** 32;
}

/** One life of the command; resolves to its exit code, null when it was killed. */
async function live(
  environment: NodeJS.ProcessEnv,
  killAfter: number | undefined,
  onLine: (line: string) => void,
): Promise<{ code: number | null; memory: number }> {
  const program = join(packageRoot, "dist", "pipelines", "cli", "main.js");
  const child = spawn(process.execPath, [program, "backfill", "--news", values.news, "--bars", values.bars], {
    env: environment,
    stdio: ["ignore", "inherit", "pipe"],
  });
  createInterface({ input: child.stderr }).on("line", onLine);
  let memory = 0;
  const watching = setInterval(() => (memory = Math.max(memory, peakOf(child.pid))), 100);
  const killing = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  const [code] = (await once(child, "exit")) as [number | null];
  clearInterval(watching);
  clearTimeout(killing);
  return { code, memory };
}

/** Of the process and those that it has started: each by itself, the highest counts. */
function peakOf(pid: number | string | undefined): number {
  try {
    const own = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    return Math.max(own, ...children.map(peakOf));
  } catch {
    return 0;
  }
}

async function digest({ kafka, admin, names, config }: Cluster, topic: TopicName): Promise<string> {
  // Several tasks write to one partition of a repartitioned topic: its records are the same, their order is not.
  const isOrdered = !topics[topic].repartitioned;
  const hashes = Array.from({ length: config.partitions }, () => createHash("sha256"));
  const unordered: string[] = [];
  const reader = await readTopic(
    kafka,
    admin,
    names.topic(topic),
    ({ partition, key, value }) => {
      if (isOrdered) hashes[partition]?.update(`${key}\u0000`).update(value ?? Buffer.alloc(0));
      else unordered.push(`${partition} ${key} ${value?.toString("base64url")}`);
    },
    { groupPrefix: config.topicPrefix },
  );
  await reader.caughtUp;
  await reader.stop();
  for (const record of unordered.sort()) hashes[0]?.update(`${record}\n`);
  return hashes.map((hash) => hash.digest("base64url").slice(0, 12)).join(" ");
}

/** @param moments when to kill, ms after each start */
async function measure(moments: readonly number[]): Promise<Run> {
  return withCleanUp(async (cleanUp) => {
    const cluster = await createCluster(cleanUp, stages);
    const { database, url } = await createDatabase(cleanUp);
    await registerDefaultModels(new RegistryStore(database), cluster.config.artifactDirectory);
    await publishRegistry(cluster, database);
    const environment = { ...cluster.environment, DATABASE_URL: url };
    const times = new Map<string, number>();
    const onLine = (line: string): void => {
      const [, stage, seconds] = /^\s*([a-z]+)\s+done in ([\d.]+) s/.exec(line) ?? [];
      if (stage && seconds) times.set(stage, Number(seconds));
      console.error(line);
    };
    const started = performance.now();
    let memory = 0;
    let killed = 0;
    for (const moment of [...moments, undefined]) {
      const life = await live(environment, moment, onLine);
      memory = Math.max(memory, life.memory);
      if (life.code === null) {
        killed += 1;
        console.error(`killed after ${((moment ?? 0) / 1000).toFixed(1)} s`);
        // A process that was killed leaves its groups within the session time-out.
        await new Promise((resolve) => setTimeout(resolve, cluster.config.sessionTimeoutMs + 2000));
      } else if (life.code !== 0) throw new Error(`the backfill ended with ${life.code}`);
      else break;
    }
    const seconds = (performance.now() - started) / 1000;
    const config = readConfig(environment);
    const audit = await auditPipeline({ ...cluster, config });
    const digests = new Map<TopicName, string>();
    for (const topic of topicNames) {
      // The registry holds when it was written.
      if (topic !== "models.registry") digests.set(topic, await digest(cluster, topic));
    }
    return { audit, digests, seconds, memory, stages: times, killed };
  });
}

const surroundings: Surroundings[] = [await quietMoment()];
const whole = await measure([]);
const next = random(values.seed);
surroundings.push(await quietMoment());
const disturbed = await measure(
  Array.from({ length: kills }, () => 3000 + next() * ((whole.seconds * 1000) / Math.max(1, kills)) * 1.5),
);

const problems = [...whole.audit.problems, ...disturbed.audit.problems.map((problem) => `after kills: ${problem}`)];
const different = [...whole.digests].filter(([topic, hash]) => disturbed.digests.get(topic) !== hash);
for (const problem of problems) console.error(problem);
for (const [topic] of different) console.error(`${topic} differs after the kills`);
const memory = rounded(Math.max(whole.memory, disturbed.memory), 0);
report({
  name: "history",
  question: "A whole history through all stages: how long, in how much memory, and does a kill leave a trace?",
  settings: {
    articles: whole.audit.records.get("news.raw") ?? 0,
    bars: whole.audit.records.get("market.bars") ?? 0,
    kills: disturbed.killed,
    seed: values.seed,
  },
  surroundings,
  tables: {
    "stages, undisturbed": whole.audit.stages.map((status): Row => {
      const { stage, outcomes } = status;
      const inputs = handled(status);
      const seconds = whole.stages.get(stage) ?? NaN;
      const perSecond = inputs > 0 ? rounded(inputs / seconds, 0) : 0;
      return { stage, seconds, inputs, "inputs/s": perSecond, ...outcomes };
    }),
    "both runs": [whole, disturbed].map((run): Row => ({
      run: run.killed === 0 ? "undisturbed" : `killed ${run.killed} times`,
      seconds: rounded(run.seconds, 0),
      "peak memory MiB": rounded(run.memory, 0),
      signals: run.audit.records.get("signals") ?? 0,
      "counts that do not balance": run.audit.problems.length,
    })),
  },
  targets: [
    { what: "peak memory of a process", wanted: "≤ 700 MiB", measured: `${memory} MiB`, met: memory <= 700 },
    {
      what: "every record accounted for, in both runs",
      wanted: "0 differences",
      measured: String(problems.length),
      met: problems.length === 0,
    },
    {
      what: "topics whose bytes differ after the kills",
      wanted: "0",
      measured: String(different.length),
      met: different.length === 0,
    },
  ],
  packages: ["kafkajs", "onnxruntime-node", "avsc"],
});
process.exitCode = problems.length + different.length === 0 ? 0 : 1;
