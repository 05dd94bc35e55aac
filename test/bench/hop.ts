/**
 * What does exactly-once cost on one hop? The stage runner with an operator that does next to nothing, beside a plain
 * KafkaJS consumer and idempotent producer that commits its offsets afterwards: how fast a backlog goes through, and how
 * long one record is on its way.
 *
 *     npm run bench -- hop [--repeat 3] [--records 60000] [--seconds 12] [--before FOLDER] [--brokers 3]
 *
 * With `--before` the same is measured of another checkout, built, in turn with this one; with `--brokers` on a cluster of as many.
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { watch, type Arrivals } from "./helpers/arrivals.js";
import { startChild, type BenchChild } from "./helpers/child.js";
import { startKafkaCluster } from "../helpers/kafka-cluster.js";
import { kafkaLibraries } from "../helpers/kafka-libraries.js";
import { createCluster, openPublisher, withCleanUp } from "./helpers/cluster.js";
import type { Cluster, CleanUp } from "../helpers/cluster.js";
import type { HopMessage } from "./helpers/hop-process.js";
import { hopInput } from "./helpers/hop-stage.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import { pace } from "./helpers/pace.js";
import type { ProfileRow } from "./helpers/profile.js";
import { report, type Row } from "./helpers/result.js";
import { median, percentile, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    repeat: { type: "string", default: "3" },
    records: { type: "string", default: "60000" },
    seconds: { type: "string", default: "12" },
    before: { type: "string" },
    brokers: { type: "string", default: "1" },
  },
});
const repeat = Number(values.repeat);
const records = Number(values.records);
const seconds = Number(values.seconds);

const guarantees = ["exactly-once", "at-least-once"] as const;
type Guarantee = (typeof guarantees)[number];
/** "now": this build; "before": that of the other checkout. */
type Build = "now" | "before";
const builds: readonly Build[] = values.before === undefined ? ["now"] : ["now", "before"];
interface Arm {
  readonly guarantee: Guarantee;
  readonly build: Build;
}
const arms: readonly Arm[] = guarantees.flatMap((guarantee) => builds.map((build) => ({ guarantee, build })));
const nameOf = ({ guarantee, build }: Arm): string => (build === "now" ? guarantee : `${guarantee}, before`);
/** What is compared for latency. */
const variants: readonly (Arm & { readonly linger: number })[] = [
  ...builds.map((build) => ({ guarantee: "exactly-once" as const, build, linger: 0 })),
  { guarantee: "exactly-once", build: "now", linger: 2 },
  { guarantee: "exactly-once", build: "now", linger: 5 },
  ...builds.map((build) => ({ guarantee: "at-least-once" as const, build, linger: 0 })),
];
const rates = [50, 500];
const surroundings: Surroundings[] = [];
const memory = new Map(arms.map((arm) => [nameOf(arm), 0]));

/** On the stack's one broker, or on a cluster that goes with the measurement. */
async function openCluster(cleanUp: CleanUp): Promise<Cluster> {
  const nodes = Number(values.brokers);
  if (nodes === 1) return createCluster(cleanUp);
  const brokers = await startKafkaCluster({ libraries: await kafkaLibraries(), nodes });
  cleanUp.after(() => brokers.close());
  return createCluster(cleanUp, [], brokers.environment);
}

async function startHop(
  cluster: Cluster,
  { guarantee, build }: Arm,
  name: string,
  options: { linger?: number; profile?: boolean; expected?: number } = {},
): Promise<BenchChild<HopMessage>> {
  const program = build === "now" ? "./hop-process.js" : pathToFileURL(hopProcessOf(resolve(values.before ?? ""))).href;
  const child = await startChild<HopMessage>(program, {
    arguments: [guarantee, name, ...(options.expected === undefined ? [] : [String(options.expected)])],
    environment: { ...cluster.environment, NEWSTAPE_LINGER_MS: String(options.linger ?? 0) },
    profile: options.profile ?? false,
  });
  return child;
}

const hopProcessOf = (checkout: string): string => join(checkout, "dist", "test", "bench", "helpers", "hop-process.js");

async function stopHop(child: BenchChild<HopMessage>, arm: Arm, isProfiled = false): Promise<void> {
  const peak = child.message((message) => message.memory);
  await child.stop();
  if (!isProfiled) memory.set(nameOf(arm), Math.max(memory.get(nameOf(arm)) ?? 0, await peak));
}

/** A backlog, through each of them in turn; each run is a group of its own and begins at the beginning. */
async function measureThroughput() {
  return withCleanUp(async (cleanUp) => {
    const cluster = await openCluster(cleanUp);
    const codec = await cluster.codec("news.sentiment");
    const publish = await openPublisher(cleanUp, cluster, "news.sentiment");
    const chunk = 1000;
    for (let start = 0; start < records; start += chunk) {
      const size = Math.min(chunk, records - start);
      await publish(Array.from({ length: size }, (_, index) => hopInput(`b-${start + index}`, start + index)));
    }
    const speeds = new Map(arms.map((arm): [string, number[]] => [nameOf(arm), []]));
    const commits = new Map(arms.map((arm): [string, number[]] => [nameOf(arm), []]));
    const profiles: Record<string, ProfileRow[]> = {};
    const run = async (arm: Arm, round: string, profile: boolean): Promise<void> => {
      const child = await startHop(cluster, arm, `${arm.guarantee}-${arm.build}-${round}`, {
        profile,
        expected: records,
      });
      const throughput = await child.message((message) => message.throughput);
      await stopHop(child, arm, profile);
      if (profile) {
        profiles[`${nameOf(arm)}, backlog`] = await child.profile();
        return;
      }
      speeds.get(nameOf(arm))?.push(throughput.perSecond);
      commits.get(nameOf(arm))?.push(throughput.commits);
    };
    for (let repetition = 0; repetition < repeat; repetition += 1) {
      for (const arm of arms) {
        surroundings.push(await quietMoment());
        await run(arm, String(repetition), false);
      }
    }
    for (const guarantee of guarantees) await run({ guarantee, build: "now" }, "profiled", true);
    return { speeds, commits, profiles, bytes: codec.encode(hopInput("b-10000", 10_000)).length };
  });
}

/** Latencies at each rate, ms; lost and doubled records make the run fail. */
async function measureLatency(arm: Arm, linger: number, profile = false) {
  return withCleanUp(async (cleanUp) => {
    const cluster = await openCluster(cleanUp);
    const publish = await openPublisher(cleanUp, cluster, "news.sentiment");
    const arrivals = await watch(cleanUp, cluster, "features", ({ id }) => id);
    const child = await startHop(cluster, arm, "hop", { linger, profile });
    await child.message(({ ready }) => ready);
    const send = (prefix: string) => (from: number, until: number) =>
      publish(Array.from({ length: until - from }, (_, index) => hopInput(`${prefix}-${from + index}`, from + index)));
    await pace(600, 200, send("warm-up"));
    const latencies = new Map<number, number[]>();
    for (const rate of profile ? rates.slice(-1) : rates) {
      const count = rate * seconds;
      const moments = await pace(count, rate, send(String(rate)));
      latencies.set(rate, await latenciesOf(arrivals, String(rate), moments));
    }
    if (arrivals.repeats > 0) console.error(`${nameOf(arm)}: ${arrivals.repeats} records came twice`);
    await stopHop(child, arm, profile);
    return { latencies, profile: profile ? await child.profile() : [] };
  });
}

async function latenciesOf(arrivals: Arrivals, prefix: string, moments: Float64Array): Promise<number[]> {
  const ids = Array.from(moments, (_, index) => `${prefix}-${index}`);
  await arrivals.waitFor(ids);
  return ids.map((id, index) => {
    const at = arrivals.at(id);
    if (at === undefined) throw new Error(`record ${id} never came out`);
    return at - (moments[index] ?? 0);
  });
}

const throughput = await measureThroughput();
const latencyRuns = variants.map(() => rates.map(() => ({ p50: [] as number[], p99: [] as number[] })));
for (let repetition = 0; repetition < repeat; repetition += 1) {
  for (const [variant, arm] of variants.entries()) {
    surroundings.push(await quietMoment());
    const { latencies } = await measureLatency(arm, arm.linger);
    rates.forEach((rate, index) => {
      const times = latencies.get(rate) ?? [];
      latencyRuns[variant]?.[index]?.p50.push(percentile(times, 0.5));
      latencyRuns[variant]?.[index]?.p99.push(percentile(times, 0.99));
    });
  }
}
const busy = await measureLatency({ guarantee: "exactly-once", build: "now" }, 0, true);

const speed = (name: string): number => median(throughput.speeds.get(name) ?? []);
const ratio = speed("exactly-once") / speed("at-least-once");
const p = (variant: number, rate: number, which: "p50" | "p99"): number =>
  rounded(median(latencyRuns[variant]?.[rate]?.[which] ?? []));
const limits = [
  { p50: 10, p99: 40 },
  { p50: 20, p99: 80 },
];

report({
  name: values.brokers === "1" ? "hop" : `hop-brokers-${values.brokers}`,
  question: "What does exactly-once cost on one hop with a bare operator?",
  settings: {
    partitions: 6,
    brokers: Number(values.brokers),
    messageBytes: throughput.bytes,
    backlog: records,
    batchRecords: 500,
    seconds,
    repeat,
  },
  surroundings,
  tables: {
    "backlog (median of the runs)": arms.map(nameOf).map((arm): Row => ({
      guarantee: arm,
      "records/s": speed(arm),
      ratio: rounded(speed(arm) / speed("at-least-once"), 2),
      runs: throughput.speeds.get(arm)?.join(" ") ?? "",
      "records a commit": rounded(records / median(throughput.commits.get(arm) ?? []), 0),
      "peak memory MiB": memory.get(arm) ?? 0,
    })),
    "latency in ms, producer to read_committed consumer (median of the runs)": variants.map((arm, variant): Row => ({
      guarantee: nameOf(arm),
      "linger ms": arm.linger,
      ...Object.fromEntries(
        rates.flatMap((rate, index) => [
          [`p50 at ${rate}/s`, p(variant, index, "p50")],
          [`p99 at ${rate}/s`, p(variant, index, "p99")],
        ]),
      ),
    })),
  },
  targets: [
    {
      what: "throughput, exactly-once to at-least-once",
      wanted: "≥ 0.67",
      measured: ratio.toFixed(2),
      met: ratio >= 1 / 1.5,
    },
    ...rates.map((rate, index) => {
      const { p50: most50 = 0, p99: most99 = 0 } = limits[index] ?? {};
      const [p50, p99] = [p(0, index, "p50"), p(0, index, "p99")];
      return {
        what: `latency at ${rate}/s, p50/p99, no linger`,
        wanted: `≤ ${most50}/${most99} ms`,
        measured: `${p50}/${p99} ms`,
        met: p50 <= most50 && p99 <= most99,
      };
    }),
    {
      what: "peak resident memory of the stage",
      wanted: "≤ 400 MiB",
      measured: `${memory.get("exactly-once")} MiB`,
      met: (memory.get("exactly-once") ?? Infinity) <= 400,
    },
  ],
  profiles: { ...throughput.profiles, "exactly-once, 500/s": busy.profile },
  packages: ["kafkajs", "avsc"],
});
