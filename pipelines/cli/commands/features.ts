import { setFlagsFromString } from "node:v8";
import Table from "cli-table3";
import { Command, Option } from "commander";
import {
  aliasesOf,
  featureSetNames,
  featureSets,
  featureSetsByName,
} from "../../../operators/features/feature-sets.js";
import { withRejectsLog } from "../../ingest/index.js";
import { computeFeatureFile, type ComputeOptions } from "../../offline/compute.js";
import { defaultSentiment, defaultSentimentDirectory } from "../../offline/default-sentiment.js";
import { UserError } from "../../runtime/errors.js";
import { say } from "../context.js";
import { withExitCodes } from "../exit-codes.js";
import { readOptions, withFileOptions, type FileOptions } from "../file-options.js";
import { exitWithRefusals, refusedCodes, sayRefusals, type ReadFile } from "../refusals.js";
import { universeFor, withUniverse, type UniverseOptions } from "../universe-option.js";

interface ComputeCommandOptions extends FileOptions, UniverseOptions {
  readonly bars: string;
  readonly news?: string;
  readonly set: string;
  readonly sentiment: string;
  readonly out: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

export function featuresCommand(): Command {
  const compute = withExitCodes(withFileOptions(withUniverse(new Command("compute")), ["bars", "news"]), {
    partly: "lines were refused; the others have their vectors",
  })
    .description("Feature vectors of plain files, by the stages' own operators: no Kafka, no server.")
    .requiredOption("--bars <file>", "bars, CSV or JSON Lines, gzip too")
    .option("--news <file>", "news, JSON Lines or CSV, gzip too")
    .addOption(new Option("--set <name>", "feature set").choices(featureSetNames).default("full"))
    .option("--sentiment <directory>", "artefact of the transformer, or `vader` for none", defaultSentiment)
    .option("--out <file>", "ends in .csv, .csv.gz, .jsonl, .jsonl.gz or .avro; - is CSV to standard output", "-")
    .option("--from <date>", "leave out vectors as of before")
    .option("--to <date>", "leave out vectors as of this moment or later")
    .option("--json", "the summary as JSON, on standard error when the vectors go to standard output")
    .action(runCompute);
  const list = new Command("list")
    .description("The features there are, and the sets that can be served.")
    .option("--json", "as JSON")
    .action(({ json }: { json?: boolean }) => {
      if (json) process.stdout.write(`${JSON.stringify(featureSets.map(describeSet), undefined, 2)}\n`);
      else printSets();
    });
  return new Command("features")
    .description("Compute features of plain files; list features and sets.")
    .addCommand(compute)
    .addCommand(list);
}

async function runCompute(options: ComputeCommandOptions): Promise<void> {
  // Vectors die young, but not within the default's 16 MiB: a quarter of the time went to copying them.
  setFlagsFromString("--max-semi-space-size=64");
  setFlagsFromString("--min-semi-space-size=16");
  const [set] = chosen(options.set);
  if (!set) throw new UserError("No feature set is named", "Name one with --set.");
  let files: readonly ReadFile[] = [];
  const computing = (onRejected: ComputeOptions["onRejected"]) =>
    computeFeatureFile({
      barsFile: options.bars,
      newsFile: options.news,
      symbols: universeFor(options, options.news === undefined ? [options.bars] : [options.bars, options.news]),
      readBars: readOptions(options, "bars", options.news !== undefined),
      readNews: readOptions(options, "news", true),
      onRejected,
      onRead: (read) => {
        files = read;
        if (!options.json || options.out !== "-") sayRefusals(files, options.rejects);
      },
      set,
      sentimentDirectory:
        options.sentiment === "vader"
          ? undefined
          : options.sentiment === defaultSentiment
            ? defaultSentimentDirectory()
            : options.sentiment,
      out: options.out,
      from: moment(options.from, "--from"),
      to: moment(options.to, "--to"),
      onStep: (step, records, seconds) =>
        options.json || say(`${step.padEnd(16)} ${records.toString().padStart(9)}  ${seconds.toFixed(1)} s`),
    });
  const summary = await withRejectsLog(options.rejects, computing);
  const rejected = summary.bars.rejected + (summary.news?.rejected ?? 0);
  if (options.json) {
    const target = options.out === "-" ? process.stderr : process.stdout;
    target.write(`${JSON.stringify({ ...summary, refused: refusedCodes(files) })}\n`);
  } else {
    const others = Object.entries(summary.others).map(([name, count]) => `${name} ${count}`);
    say(
      `${summary.rows} vectors of ${summary.featureSet}; no vector: ${others.join(", ") || "none"}; lines rejected: ${rejected}`,
    );
  }
  exitWithRefusals(files);
}

function chosen(name: string) {
  try {
    return featureSetsByName([name]);
  } catch (error) {
    throw new UserError((error as Error).message, "`newstape features list` shows them.");
  }
}

function moment(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new UserError(`${option} ${text} is no date`, "Write it like 2014-01-01 or 2014-01-01T14:30:00Z.");
  return time;
}

function describeSet(set: (typeof featureSets)[number]) {
  const { id, name, warmUpBars, features } = set;
  return {
    id,
    name,
    aliases: aliasesOf(set),
    warmUpBars,
    features: features.map((feature) => ({
      name: feature.name,
      group: feature.group,
      parameters: feature.parameters,
      version: feature.version,
      warmUp: feature.warmUp,
      formula: feature.formula,
    })),
  };
}

function printSets(): void {
  for (const set of featureSets) {
    const { id, name, warmUpBars, features } = set;
    const called = [name, ...aliasesOf(set)].join(", ");
    process.stdout.write(`${called}  ${id}  ${features.length} features, warm after ${warmUpBars} bars\n`);
    const table = new Table({
      head: ["feature", "group", "warm-up", "formula"],
      style: { head: [], border: [], compact: true },
    });
    table.push(...features.map((feature) => [feature.name, feature.group, feature.warmUp, feature.formula]));
    process.stdout.write(`${table.toString()}\n\n`);
  }
}
