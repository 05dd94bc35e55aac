/**
 * How long is news on its way to a signal? All stages in one process, warmed up with bars; real headlines at a steady
 * rate; from the moment an article is handed to its producer until each topic's record of it is visible to a
 * `read_committed` consumer.
 *
 *     npm run bench -- end-to-end [--repeat 3] [--rate 50] [--seconds 20] [--bars 60]
 */
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import { featureSetsByName } from "../../operators/features/feature-sets.js";
import { vectorId } from "../../operators/features/vector-id.js";
import { recordId } from "../../operators/record-id.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { readConfig } from "../../pipelines/config.js";
import { stages } from "../../pipelines/stages/index.js";
import type { NewsArticle } from "../../schemas/generated/types.js";
import { watch, type Arrivals } from "./helpers/arrivals.js";
import { startChild } from "./helpers/child.js";
import { createCluster, createDatabase, openPublisher, withCleanUp } from "./helpers/cluster.js";
import type { CleanUp } from "../helpers/cluster.js";
import { distinctArticles, lastBars } from "./helpers/headlines.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import { pace } from "./helpers/pace.js";
import type { PipelineMessage } from "./helpers/pipeline-process.js";
import type { ProfileRow } from "./helpers/profile.js";
import { report, type Row } from "./helpers/result.js";
import { median, percentile, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    repeat: { type: "string", default: "3" },
    rate: { type: "string", default: "50" },
    seconds: { type: "string", default: "20" },
    bars: { type: "string", default: "60" },
  },
});
const repeat = Number(values.repeat);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const barsPerSymbol = Number(values.bars);
const hops = ["news.sentiment", "features", "scores", "signals"] as const;
type Hop = (typeof hops)[number];

interface Run {
  /** ms from the sending of the article, by topic; one a symbol. */
  readonly latencies: Readonly<Record<Hop, readonly number[]>>;
  readonly memory: number;
  readonly profile: ProfileRow[];
}

/** Every record's id follows from the article's, so an article is found again on each topic. */
async function watchHops(cleanUp: CleanUp, cluster: Awaited<ReturnType<typeof createCluster>>, all: boolean) {
  const sentiment = all ? await watch(cleanUp, cluster, "news.sentiment", ({ id }) => id) : undefined;
  const features = all ? await watch(cleanUp, cluster, "features", ({ triggerId }) => triggerId) : undefined;
  const scores = all ? await watch(cleanUp, cluster, "scores", ({ vectorId }) => vectorId) : undefined;
  const signals = await watch(cleanUp, cluster, "signals", ({ scoreId }) => scoreId);
  return { sentiment, features, scores, signals };
}

const [served = ""] = featureSetsByName(readConfig().featureSets).map(({ id }) => id);

/** What the records of one article and symbol are called where they are watched. */
function idsOf(articleId: string, symbol: string): Record<Hop, string> {
  const sentiment = recordId("sentiment", articleId, symbol);
  const vector = vectorId(served, sentiment, symbol);
  return {
    "news.sentiment": sentiment,
    features: sentiment,
    scores: vector,
    signals: recordId("scores", vector, symbol),
  };
}

/** @param watchAll read the topics in between too; that takes processor time of its own, so it is a run by itself */
async function measure({ watchAll = false, profile = false } = {}): Promise<Run> {
  return withCleanUp(async (cleanUp) => {
    const cluster = await createCluster(cleanUp, stages);
    const { database, url } = await createDatabase(cleanUp);
    await registerDefaultModels(new RegistryStore(database), cluster.config.artifactDirectory);
    await publishRegistry({ ...cluster }, database);

    const bars = await lastBars(barsPerSymbol);
    const publishBars = await openPublisher(cleanUp, cluster, "market.bars");
    for (let start = 0; start < bars.length; start += 500) await publishBars(bars.slice(start, start + 500));
    const child = await startChild<PipelineMessage>("./pipeline-process.js", {
      environment: { ...cluster.environment, DATABASE_URL: url },
      profile,
    });
    await child.message(({ ready }) => ready);
    const arrivals = await watchHops(cleanUp, cluster, watchAll);
    await settled(arrivals.signals);

    const symbols = new Set(bars.map(({ symbol }) => symbol));
    const known = (await distinctArticles(8000)).filter((article) =>
      article.symbols.some((symbol) => symbols.has(symbol)),
    );
    const publish = await openPublisher(cleanUp, cluster, "news.raw");
    const send = (articles: readonly NewsArticle[]) => (from: number, until: number) => {
      const now = Date.now();
      return publish(
        articles
          .slice(from, until)
          .map((article) => ({ ...article, availableAt: now, eventTime: now, origin: "live" as const })),
      );
    };
    const warmUp = known.slice(0, rate * 5);
    await pace(warmUp.length, rate, send(warmUp));
    await settled(arrivals.signals);

    const timed = known.slice(warmUp.length, warmUp.length + rate * seconds);
    const moments = await pace(timed.length, rate, send(timed));
    const expected = timed.flatMap((article, index) =>
      article.symbols
        .filter((symbol) => symbols.has(symbol))
        .map((symbol) => ({ sent: moments[index] ?? 0, ids: idsOf(article.id, symbol) })),
    );
    await arrivals.signals.waitFor(
      expected.map(({ ids }) => ids.signals),
      60,
    );
    const memory = child.message((message) => message.memory);
    await child.stop();
    const latenciesAt = (hop: Hop, seen: Arrivals | undefined): number[] =>
      seen === undefined
        ? []
        : expected.map(({ sent, ids }) => {
            const at = seen.at(ids[hop]);
            if (at === undefined) throw new Error(`an article never came to ${hop}`);
            return at - sent;
          });
    return {
      latencies: {
        "news.sentiment": latenciesAt("news.sentiment", arrivals.sentiment),
        features: latenciesAt("features", arrivals.features),
        scores: latenciesAt("scores", arrivals.scores),
        signals: latenciesAt("signals", arrivals.signals),
      },
      memory: await memory,
      profile: profile ? await child.profile() : [],
    };
  });
}

/** Until nothing new has come for two seconds. */
async function settled(arrivals: Arrivals): Promise<void> {
  for (let last = -1; last !== arrivals.count; await sleep(2000)) last = arrivals.count;
}

const surroundings: Surroundings[] = [];
const runs: Run[] = [];
for (let repetition = 0; repetition < repeat; repetition += 1) {
  surroundings.push(await quietMoment());
  runs.push(await measure());
}
const throughAll = await measure({ watchAll: true });
const profiled = await measure({ profile: true });

const over = (share: number): number =>
  rounded(median(runs.map(({ latencies }) => percentile(latencies.signals, share))));
const [p50, p99] = [over(0.5), over(0.99)];
const memory = Math.max(...runs.map((run) => run.memory));
report({
  name: "end-to-end",
  question: "How long is news on its way to a signal, with everything on this machine?",
  settings: { rate, seconds, barsPerSymbol, repeat, signals: runs[0]?.latencies.signals.length ?? 0 },
  surroundings,
  tables: {
    "news.raw → signals, ms (each run)": runs.map(({ latencies: { signals }, memory: peak }, index): Row => ({
      run: index + 1,
      p50: rounded(percentile(signals, 0.5)),
      p90: rounded(percentile(signals, 0.9)),
      p99: rounded(percentile(signals, 0.99)),
      "peak memory MiB": peak,
    })),
    "on the way, ms since the article (a run in which every topic is read)": hops.map((hop): Row => ({
      "visible in": hop,
      p50: rounded(percentile(throughAll.latencies[hop], 0.5)),
      p99: rounded(percentile(throughAll.latencies[hop], 0.99)),
    })),
  },
  targets: [
    { what: "p50, median of the runs", wanted: "≤ 120 ms", measured: `${p50} ms`, met: p50 <= 120 },
    { what: "p99, median of the runs", wanted: "≤ 400 ms", measured: `${p99} ms`, met: p99 <= 400 },
    {
      what: "peak resident memory, sentiment among the stages",
      wanted: "≤ 700 MiB",
      measured: `${memory} MiB`,
      met: memory <= 700,
    },
  ],
  profiles: { "main thread": profiled.profile },
  packages: ["kafkajs", "onnxruntime-node", "avsc"],
});
