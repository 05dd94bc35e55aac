import Table from "cli-table3";
import { Command } from "commander";
import { loadVectorScorer } from "../../../models/runtime/vector-scorer.js";
import { routersBy } from "../../../models/runtime/routers.js";
import type { ModelRouters, Routed, VectorScorer } from "../../../models/runtime/types.js";
import type { ModelTask } from "../../../models/tasks.js";
import type { FeatureSet } from "../../../operators/features/feature-set.js";
import { everyFeature, featureSets as allSets } from "../../../operators/features/feature-sets.js";
import { bundledSlice } from "../../../schemas/files.js";
import { MapOfTwo, readSorted, withRejectsLog, type IngestKind } from "../../ingest/index.js";
import { leakcheck, type Checked, type Leak } from "../../operations/leakcheck/leakcheck.js";
import { futures } from "../../operations/leakcheck/perturb.js";
import { warmUps, type WarmUpReport } from "../../operations/leakcheck/warm-up.js";
import { defaultScorers } from "../../offline/default-scorers.js";
import { recordsOf, runOffline, type OfflineRecords, type OfflineServices } from "../../offline/run.js";
import { openSentimentReader } from "../../offline/sentiment-reader.js";
import { wayTo } from "../../offline/wiring.js";
import { readConfig } from "../../config.js";
import { UserError } from "../../runtime/errors.js";
import { stages } from "../../stages/index.js";
import { say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { readOptions, withFileOptions, type FileOptions } from "../file-options.js";
import { withJson, writeJson } from "../output.js";
import { exitWithRefusals, fileNotes, refusedCodes, sayRefusals, type ReadFile } from "../refusals.js";
import { universeFor, withUniverse, type UniverseOptions } from "../universe-option.js";

interface LeakcheckCommandOptions extends FileOptions, UniverseOptions {
  readonly bars: string;
  readonly news: string;
  readonly cuts: number;
  readonly seed: string;
  readonly thorough?: boolean;
  readonly json?: boolean;
}

const explanation = `
The whole chain is computed over plain arrays by the stages' own operators with the bundled models (sentiment by VADER), over the
history and over others that agree with it up to a moment. Sentiments, cross-sections, vectors, scores, forecasts and signals with
asOf before that moment must be the same, bit for bit. Besides: how much history each feature needs until a cold start equals a
warm one. No server is needed.`;

const verdicts = {
  done: "nothing leaks",
  failed: "something leaks, or it failed",
  partly: "nothing leaks in what was read, but lines of the files were refused",
};

export function leakcheckCommand(): Command {
  const command = withExitCodes(
    withJson(
      withUniverse(new Command("leakcheck")),
      "{checked: [{cut, future, records, leaks}], leaks, asOfFaults, warmUps: {set, comparisons, lengths, features}, refused: [{file, code, count, first, remedy}], files: [{file, unreadColumns, remarks}]}",
    ),
    verdicts,
  )
    .description("Prove that nothing published before a moment changes by a bit when everything after it does.")
    .option("--bars <file>", "bars, CSV or JSON Lines, gzip too", bundledSlice.bars)
    .option("--news <file>", "news, JSON Lines or CSV, gzip too", bundledSlice.news)
    .option("--cuts <number>", "moments after which everything is changed", Number, 3)
    .option("--seed <text>", "another seed, other moments and other futures", "1")
    .option("--thorough", "each kind of future by itself: prices, volumes, splits, texts, symbols, no news")
    .addHelpText("after", explanation);
  return withFileOptions(command, ["bars", "news"]).action(async (options: LeakcheckCommandOptions) => {
    if (!(Number.isInteger(options.cuts) && options.cuts > 0))
      throw new UserError("--cuts is no number of moments", "Give a whole number from 1 on.");
    const { history, files } = await readHistory(options);
    const models = await openModels();
    // Every feature, in a set or not yet, and vectors for the models: without a score the rest of the chain publishes less.
    const featureSets = [...readConfig().featureSets, everyFeature.id, ...models.featureSets];
    try {
      const services = { settings: { ...readConfig(), featureSets }, routers: models.routers };
      const result = await leakcheck({
        stages,
        history,
        chain: (other) => runOffline(stages, other, services),
        cuts: cutsOf(history, options.cuts, options.seed),
        futures: options.thorough ? futures : ["none", "everything"],
        seed: options.seed,
        featureNames: new Map(allSets.map(({ id, features }) => [id, features.map(({ name }) => name)])),
        onChecked: (checked) => say(describe(checked)),
      });
      const report = await warmUpsOf(history, everyFeature, services);
      if (options.json)
        writeJson({ ...result, warmUps: report, refused: refusedCodes(files), files: fileNotes(files) });
      else {
        console.log(warmUpTable(report));
        for (const leak of result.leaks) console.log(explain(leak));
        for (const { topic, symbol, id, asOf, before } of result.asOfFaults.slice(0, 5))
          console.log(`asOf goes back: ${topic} ${id} of ${symbol}, ${iso(asOf)} after ${iso(before)}`);
        const records = result.checked.reduce((sum, checked) => sum + checked.records, 0);
        const faults = result.leaks.length + result.asOfFaults.length;
        console.log(
          faults === 0
            ? `nothing leaks: ${records.toLocaleString("en-US")} comparisons, bit for bit`
            : `${faults} leaks`,
        );
      }
      if (result.leaks.length + result.asOfFaults.length > 0) process.exitCode = exitCodes.failed;
      else exitWithRefusals(files);
    } finally {
      await models.close();
    }
  });
}

async function readHistory(
  options: LeakcheckCommandOptions,
): Promise<{ readonly history: OfflineRecords; readonly files: readonly ReadFile[] }> {
  const mapOfTwo = new MapOfTwo();
  const common = { now: Date.now, symbols: universeFor(options, [options.bars, options.news]), mapOfTwo };
  const { bars, news } = await withRejectsLog(options.rejects, async (note) => {
    const readFile = <Kind extends IngestKind>(kind: Kind, input: string) =>
      readSorted<Kind>({
        ...common,
        ...readOptions(options, kind, true),
        kind,
        input,
        onRejected: (rejection) => note?.(input, rejection),
      });
    return { bars: await readFile("bars", options.bars), news: await readFile("news", options.news) };
  });
  mapOfTwo.refuseAbsent();
  const files = [
    { name: options.bars, summary: bars.summary },
    { name: options.news, summary: news.summary },
  ];
  sayRefusals(files, options.rejects);
  say(`  ${bars.records.length.toLocaleString("en-US")} bars, ${news.records.length.toLocaleString("en-US")} articles`);
  if (bars.records.length === 0) throw new UserError(`${options.bars} has no bars of these symbols`, "See --universe.");
  return { history: { "market.bars": bars.records, "news.raw": news.records }, files };
}

/** Spread over the time that has bars and news, without its first tenth; at odd moments, not at session closes. */
function cutsOf(history: OfflineRecords, count: number, seed: string): number[] {
  const [bars, news] = [recordsOf(history, "market.bars"), recordsOf(history, "news.raw")];
  const first = Math.max(bars[0]?.availableAt ?? 0, news[0]?.availableAt ?? 0);
  const last = bars.at(-1)?.availableAt ?? 0;
  const shift = ([...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) % 997) / 997;
  return Array.from({ length: count }, (_, index) =>
    Math.round(first + (last - first) * (0.1 + (0.9 * (index + shift)) / count)),
  );
}

/** Of some symbols, on the records of the stages before the features. */
async function warmUpsOf(history: OfflineRecords, set: FeatureSet, services: OfflineServices): Promise<WarmUpReport> {
  const { before, writer: stage } = wayTo(stages, "features");
  const bars = recordsOf(history, "market.bars");
  return await warmUps({
    stage,
    records: { ...history, ...(await runOffline(before, history, services)) },
    set,
    symbols: [...new Set(bars.map(({ symbol }) => symbol))].sort().slice(0, 4),
    moments: 3,
  });
}

async function openModels(): Promise<{
  routers: ModelRouters<ModelTask>;
  /** Ids of the sets that the models were trained on. */
  featureSets: readonly string[];
  close: () => Promise<void>;
}> {
  const reader = await openSentimentReader(undefined);
  const scorers = new Map<string, VectorScorer & { close(): Promise<void> }>();
  for (const { directory, card } of await defaultScorers(readConfig().artifactDirectory))
    scorers.set(card.task, await loadVectorScorer(directory));
  const scoring = routersBy((task) => ({
    task,
    // The scorer of a task is a model of that task.
    pick: () => ({ arm: "champion", model: scorers.get(task) }) as Routed<never>,
  }));
  return {
    routers: { ...scoring, sentiment: reader.router },
    featureSets: [...scorers.values()].map(({ featureSet }) => featureSet),
    close: async () => {
      await reader.close();
      await Promise.all([...scorers.values()].map((scorer) => scorer.close()));
    },
  };
}

const iso = (time: number): string => new Date(time).toISOString();

const describe = ({ cut, future, records, leaks }: Checked): string =>
  `  ${iso(cut)}, then ${future === "none" ? "nothing more" : `other ${future}`}: ${records.toLocaleString("en-US")} records before, ${leaks === 0 ? "all the same" : `${leaks} CHANGED`}`;

function explain({ topic, cut, future, record, fields, cause }: Leak): string {
  const what = `LEAK: ${topic} ${record.id} of ${record.symbol ?? "the market"}, as of ${iso(record.asOf)}, depends on ${future} after ${iso(cut)}`;
  const changed = fields.map(
    ({ path, recorded, recomputed }) => `  ${path}: ${JSON.stringify(recorded)} → ${JSON.stringify(recomputed)}`,
  );
  const why = cause ? [`  because of the input ${cause.id}, available at ${iso(cause.availableAt)}`] : [];
  return [what, ...(changed.length > 0 ? changed : ["  it is published in one future only"]), ...why].join("\n");
}

function warmUpTable({ set, comparisons, lengths, features }: WarmUpReport): string {
  const table = new Table({
    head: ["feature", "declared", "difference at the warm-up", "bars to 0.1 %", "to 1e-6", "to 1e-9", "to the bit"],
    style: { head: [], border: [], compact: true },
  });
  const slow = features.filter(({ atWarmUp }) => atWarmUp > 1e-9);
  const most = `> ${lengths.at(-1)}`;
  for (const { feature, declared, atWarmUp, needed } of slow)
    table.push([
      feature,
      declared,
      atWarmUp.toPrecision(2),
      needed["0.001"] ?? most,
      needed["0.000001"] ?? most,
      needed["1e-9"] ?? most,
      needed["0"] ?? most,
    ]);
  return `${features.length - slow.length} of ${features.length} features of ${set} are after a cold start of ${lengths[0]} bars what they are after all of the history (${comparisons} comparisons); the others:\n${table.toString()}`;
}
