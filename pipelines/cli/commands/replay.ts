import { createWriteStream } from "node:fs";
import { once } from "node:events";
import Table from "cli-table3";
import { Command } from "commander";
import { Changes, type Change } from "../../operations/replay/changes.js";
import { replay, type StageReplay } from "../../operations/replay/replay.js";
import type { Difference } from "../../operations/replay/task-replay.js";
import { UserError } from "../../runtime/errors.js";
import { stages } from "../../stages/index.js";
import { say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { withOperations, type OperationsContext } from "../operations-context.js";
import { withJson, writeJson } from "../output.js";
import { didYouMean } from "../suggest.js";

interface ReplayCommandOptions {
  readonly verify?: boolean;
  readonly with?: string[];
  readonly from?: number;
  readonly to?: number;
  readonly symbols?: Set<string>;
  readonly stages?: string[];
  readonly out?: string;
  readonly show: number;
  readonly json?: boolean;
}

const number = new Intl.NumberFormat("en-US");

export function replayCommand(): Command {
  return withExitCodes(
    withJson(
      new Command("replay"),
      "{stages: [{stage, inputs, records, identical, differences, unverified, seconds}], differences: [{stage, kind, topic, place, trigger, key, fields, remark}], changes}",
    ),
    {
      done: "identical; with --with, whatever the other model gave",
      failed: "records differ, or it failed",
      partly: "something could not be verified: deleted inputs, a missing artefact",
    },
  )
    .description(
      "Compute again what was published, from the log: is it the same, or what would another model have given?",
    )
    .option("--verify", "compare with what was published, byte by byte (the default)")
    .option("--with <model...>", "name@version to be used in place of the recorded model of its task")
    .option("--from <time>", "only records with asOf from this time on", timeOf)
    .option("--to <time>", "only records with asOf before this time", timeOf)
    .option("--symbols <list>", "only these symbols, with commas", (text) => new Set(text.split(",")))
    .option("--stages <list>", "only these stages, with commas", stagesOf)
    .option("--out <file>", "each record compared, JSON Lines {topic, key, id, isIdentical, recorded, recomputed}")
    .option("--show <number>", "differences to show", Number, 5)
    .addHelpText(
      "after",
      `
Every stage is run over its recorded inputs, in the order in which its tasks took them, with the models, arms and fallbacks
that the records name. It reads the topics and writes nothing to them.

Examples:
  newstape replay --verify
  newstape replay --verify --stages features,scores --symbols AAPL,MSFT
  newstape replay --with lgbm-direction@1.0.0 --from 2014-03-01 --out changed.jsonl`,
    )
    .action((options: ReplayCommandOptions) => withOperations((context) => run(context, options)));
}

async function run(context: OperationsContext, options: ReplayCommandOptions): Promise<void> {
  if (options.verify && options.with)
    throw new UserError("--verify and --with exclude each other", "Another model gives other records.");
  const out = options.out === undefined ? undefined : createWriteStream(options.out);
  const shown: Difference[] = [];
  const changes = new Changes();
  const results = await replay({
    ...context,
    stages: stages.filter(({ name }) => options.stages?.includes(name) ?? true),
    from: options.from,
    to: options.to,
    symbols: options.symbols,
    ...(options.with && { with: options.with }),
    onCompared: (comparison) => {
      if (options.with) changes.add(comparison);
      const { name, stored, isIdentical, recorded, recomputed } = comparison;
      out?.write(
        `${JSON.stringify({ topic: name, key: stored.key, id: (recorded as { id?: string }).id, isIdentical, recorded, recomputed })}\n`,
      );
    },
    onDifference: (difference) => {
      if (shown.length < options.show) shown.push(difference);
    },
    onStage: (result) => say(describe(result, options.with !== undefined)),
  });
  if (out) {
    out.end();
    await once(out, "finish");
  }
  if (options.json) writeJson({ stages: results, differences: shown, changes: changes.rows() });
  else if (options.with) say(changeTable(changes.rows()));
  else for (const difference of shown) explain(difference);
  if (!options.with) conclude(results, options.json ?? false);
}

function describe({ stage, inputs, records, identical, unverified, seconds }: StageReplay, isOther: boolean): string {
  const rate = records > 0 ? ` (${number.format(Math.round(records / seconds))}/s)` : "";
  const left = Object.entries(unverified).map(
    ([reason, count]) => `\n            ${number.format(count)} not verified: ${reason}`,
  );
  return `  ${stage.padEnd(9)} ${number.format(identical)} of ${number.format(records)} records ${isOther ? "unchanged" : "identical"}, from ${number.format(inputs)} inputs, in ${seconds.toFixed(1)} s${rate}${left.join("")}`;
}

function explain({ stage, kind, topic, place, trigger, key, fields, remark }: Difference): void {
  const what = {
    different: `${place} of ${key} is not what ${stage} makes of ${trigger}`,
    missing: `${place} of ${key} was recorded, but ${stage} does not give it for ${trigger}`,
    surplus: `${stage} gives a record of ${key} for ${trigger} that is not in ${topic}`,
  }[kind];
  console.log(`\n${what}`);
  for (const { path, recorded, recomputed } of fields)
    console.log(`  ${path}: recorded ${JSON.stringify(recorded)}, recomputed ${JSON.stringify(recomputed)}`);
  if (remark) console.log(`  ${remark}`);
}

function conclude(results: readonly StageReplay[], isJson: boolean): void {
  const records = results.reduce((sum, result) => sum + result.records, 0);
  const differences = results.reduce((sum, result) => sum + result.differences, 0);
  const unverified = results.reduce(
    (sum, result) => sum + Object.values(result.unverified).reduce((total, count) => total + count, 0),
    0,
  );
  process.exitCode = differences > 0 ? exitCodes.failed : unverified > 0 ? exitCodes.partly : exitCodes.done;
  if (isJson) return;
  console.log(
    differences > 0
      ? `\n${number.format(differences)} records differ of ${number.format(records)}`
      : `\n${number.format(records)} records are identical${unverified > 0 ? `; ${number.format(unverified)} could not be verified` : ""}`,
  );
}

function changeTable(changes: readonly Change[]): string {
  const table = new Table({
    head: ["what", "records", "changed", "mean absolute difference"],
    style: { head: [], border: [] },
  });
  for (const { what, records, changed, meanAbsoluteDifference } of changes)
    table.push([what, number.format(records), number.format(changed), meanAbsoluteDifference.toPrecision(4)]);
  return table.toString();
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new UserError(`${text} is no time`, "Give a date or a moment, e.g. 2014-03-01 or 2014-03-01T15:00:00Z.");
}

function stagesOf(text: string): string[] {
  const names = stages.map(({ name }) => name);
  for (const name of text.split(","))
    if (!names.includes(name)) throw new UserError(`There is no stage ${name}`, didYouMean(name, names));
  return text.split(",");
}
