/**
 * The whole market in one burst: each of N symbols gets its one-minute bar at the same moment. How long from the first send
 * until the last vector (and the last score) is visible under `read_committed`, with the real stages, after a warm-up?
 *
 *     npm run bench -- burst [--symbols 5000] [--bursts 8] [--warm-up 60]
 */
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import { featureSetsByName } from "../../operators/features/feature-sets.js";
import { simulateMinutes } from "../../pipelines/index.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { stages } from "../../pipelines/stages/index.js";
import type { Bar } from "../../schemas/generated/types.js";
import { defaultScorers } from "../../pipelines/offline/default-scorers.js";
import { readConfig } from "../../pipelines/config.js";
import { openBarSender } from "./helpers/bar-sender.js";
import { startChild } from "./helpers/child.js";
import { createCluster, createDatabase, withCleanUp } from "./helpers/cluster.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import type { PipelineMessage } from "./helpers/pipeline-process.js";
import type { ProfileRow } from "./helpers/profile.js";
import { report, type Row } from "./helpers/result.js";
import { median, rounded } from "./helpers/statistics.js";
import { watchRaw } from "./helpers/visible.js";

const { values } = parseArgs({
  options: {
    symbols: { type: "string", default: "5000" },
    bursts: { type: "string", default: "8" },
    "warm-up": { type: "string", default: "60" },
  },
});
const symbols = Number(values.symbols);
const bursts = Number(values.bursts);
const warmUp = Number(values["warm-up"]);

/**
 * Java, exactly-once, on the same two cores, with RSI, MACD, Bollinger bands, momentum and volume ratio only. Quoted, from a
 * measurement of its own: it is no part of this run.
 */
const kafkaStreams = { ms: [223, 285], barsPerSecond: [32_000, 40_000] } as const;
const targets = { features: 300, scores: 1000 } as const;
type Output = keyof typeof targets;

interface Setting {
  readonly what: string;
  readonly output: Output;
  /** The stages of each process. */
  readonly processes: readonly (readonly string[])[];
  readonly featureSet: string;
}

const scorers = await defaultScorers(readConfig().artifactDirectory);
const [full = ""] = featureSetsByName(["full"]).map(({ name }) => name);
/** The set that every default model was trained on. */
const [scored = ""] = featureSetsByName([...new Set(scorers.map(({ card }) => card.featureSet))]).map(
  ({ name }) => name,
);
const settings: readonly Setting[] = [
  { what: "features", output: "features", processes: [["features"]], featureSet: full },
  ...(scored === full
    ? []
    : [{ what: "features", output: "features", processes: [["features"]], featureSet: scored } as const]),
  { what: "features → scores, one process", output: "scores", processes: [["features", "scores"]], featureSet: scored },
  {
    what: "features → scores, a process each",
    output: "scores",
    processes: [["features"], ["scores"]],
    featureSet: scored,
  },
];

interface Run {
  /** ms from the first send to the last output. */
  readonly times: readonly number[];
  /** ms until the producer had its acknowledgement. */
  readonly sends: readonly number[];
  /** The warm-up as a backlog: outputs a second, from the first to the last. */
  readonly backlogPerSecond: number;
  readonly memory: readonly number[];
  readonly profiles: readonly ProfileRow[][];
}

async function measure({ output, processes, featureSet }: Setting, profile: boolean): Promise<Run> {
  return withCleanUp(async (cleanUp) => {
    process.env.NEWSTAPE_FEATURE_SETS = featureSet;
    const cluster = await createCluster(cleanUp, stages);
    let environment = cluster.environment;
    if (output === "scores") {
      const { database, url } = await createDatabase(cleanUp);
      await registerDefaultModels(new RegistryStore(database), cluster.config.artifactDirectory);
      await publishRegistry({ ...cluster }, database);
      environment = { ...environment, DATABASE_URL: url };
    }
    const { encode, send } = await openBarSender(cleanUp, cluster);
    const minutes = simulateMinutes({ symbols, minutes: warmUp + bursts, missing: 0 });
    const next = (): Bar[] => minutes.next().value?.bars ?? [];
    for (let minute = 0; minute < warmUp; minute += 1) {
      await send(encode(next()));
    }
    const children = await Promise.all(
      processes.map((names) =>
        startChild<PipelineMessage>("./pipeline-process.js", { arguments: names, environment, profile }),
      ),
    );
    const visible = await watchRaw(cleanUp, cluster, output);
    // The first bars of a symbol give no vector yet; from then on each gives one.
    const backlog = await visible.settled();
    let outputs = visible.count;
    const backlogPerSecond = rounded((outputs / (backlog.lastAt - backlog.firstAt)) * 1000, 0);

    const codec = await cluster.codec(output);
    const times: number[] = [];
    const sends: number[] = [];
    for (let burst = 0; burst < bursts; burst += 1) {
      const records = encode(next());
      await sleep(500);
      visible.keep();
      const started = performance.now();
      await send(records);
      sends.push(performance.now() - started);
      outputs += records.length;
      const { lastAt } = await visible.until(outputs);
      times.push(lastAt - started);
      const seen = new Set(visible.kept().map((bytes) => codec.decode(bytes).symbol));
      if (seen.size !== records.length || visible.count !== outputs) {
        throw new Error(
          `${records.length} bars gave outputs of ${seen.size} symbols, ${visible.count - outputs} too many`,
        );
      }
    }
    const peaks = children.map((child) => child.message(({ memory }) => memory));
    await Promise.all(children.map((child) => child.stop()));
    return {
      times,
      sends,
      backlogPerSecond,
      memory: await Promise.all(peaks),
      profiles: profile ? await Promise.all(children.map((child) => child.profile())) : [],
    };
  });
}

const surroundings: Surroundings[] = [];
const runs: { readonly setting: Setting; readonly run: Run }[] = [];
const profiles: Record<string, ProfileRow[]> = {};
for (const setting of settings) {
  surroundings.push(await quietMoment());
  runs.push({ setting, run: await measure(setting, false) });
}
for (const setting of [settings[0], settings.at(-1)]) {
  if (!setting) continue;
  const { profiles: rows } = await measure(setting, true);
  rows.forEach((profile, index) => (profiles[`${setting.what}: ${setting.processes[index]?.join(", ")}`] = profile));
}

const widths = new Map(featureSetsByName([full, scored]).map(({ name, features }) => [name, features.length]));
report({
  name: "burst",
  question: `How long until ${symbols} symbols' one-minute bars, sent at once, are vectors and scores?`,
  settings: { symbols, bursts, "bars of each symbol before": warmUp, partitions: 6 },
  surroundings,
  tables: {
    "from the first send to the last output visible under read_committed, ms": runs.map(({ setting, run }): Row => ({
      what: setting.what,
      features: `${setting.featureSet} (${widths.get(setting.featureSet)})`,
      median: rounded(median(run.times), 0),
      worst: rounded(Math.max(...run.times), 0),
      "bars/s": rounded((symbols / median(run.times)) * 1000, 0),
      "sent after": rounded(median(run.sends), 0),
      "backlog bars/s": run.backlogPerSecond,
      "peak MiB": run.memory.join(" + "),
    })),
    "beside Kafka Streams (quoted, not measured in this run)": runs
      .filter(({ setting }) => setting.output === "features")
      .map(({ setting, run }): Row => ({
        what: `${setting.what}, ${setting.featureSet} (${widths.get(setting.featureSet)})`,
        "Kafka Streams, ms": kafkaStreams.ms.join("–"),
        "ratio of the time": kafkaStreams.ms.map((ms) => rounded(median(run.times) / ms, 2)).join("–"),
        "Kafka Streams, bars/s": kafkaStreams.barsPerSecond.join("–"),
        "ratio of the backlog speed": kafkaStreams.barsPerSecond
          .map((speed) => rounded(run.backlogPerSecond / speed, 2))
          .join("–"),
      })),
  },
  targets: runs.map(({ setting, run }) => ({
    what: `${setting.what}, ${setting.featureSet}, median`,
    wanted: `≤ ${targets[setting.output]} ms`,
    measured: `${rounded(median(run.times), 0)} ms`,
    met: median(run.times) <= targets[setting.output],
  })),
  profiles,
  packages: ["kafkajs", "avsc", "onnxruntime-node"],
});
