import { writeFileSync } from "node:fs";
import Table from "cli-table3";
import { Command } from "commander";
import {
  evaluateSentiment,
  readTexts,
  type ReadTexts,
  type SentimentEvaluation,
} from "../../offline/evaluate-sentiment.js";
import { evaluationPage, type EvaluatedFile } from "../../offline/evaluation-page.js";
import { readLabelled, type LabelledFile } from "../../offline/labelled-texts.js";
import { Refusals, withRejectsLog } from "../../ingest/index.js";
import { withExitCodes } from "../exit-codes.js";
import { withRejects } from "../file-options.js";
import { exitWithRefusals, refusedCodes, sayRefusals, type ReadFile } from "../refusals.js";
import { printable, withJson, writeJson } from "../output.js";
import { positiveInteger } from "../numbers.js";

interface EvaluateOptions {
  readonly model?: string[];
  readonly workers?: number;
  readonly html?: string;
  readonly rejects?: string;
  readonly json?: boolean;
}

export function evaluateCommand(): Command {
  const evaluate = new Command("evaluate").description("Compare the answers of models with what is known.");
  const sentiment = withExitCodes(
    withJson(
      evaluate.command("sentiment"),
      "{files: [{name, refused: [{line, code, reason, original}], evaluations: [{predictor, result, intervals}]}], refused: [{file, code, count, first, remedy}]}",
    ),
    { partly: "lines were refused; they are named" },
  )
    .description("Accuracy, F1 and calibration on texts with labels: majority, VADER, transformer, blend.")
    .argument("<file...>", "CSV with the columns text and label, gzip too; - is standard input")
    .option("--model <directory...>", "artefacts to evaluate, e.g. fp32 beside int8; default: the one served")
    .option("--workers <count>", "worker threads; default: one for each processor", positiveInteger)
    .option("--html <file>", "the same as a page, with confusion matrices and reliability diagrams")
    .addHelpText(
      "after",
      `
Labels are negative, neutral, positive (also neg, neu, pos, bearish, bullish, -1). Several files are evaluated each and together.
Texts that a model was trained on flatter it: it cannot be seen from outside which those are.

Example:
  newstape evaluate sentiment held-back.csv --html report.html`,
    )
    .action(run);
  withRejects(sentiment);
  return evaluate;
}

async function run(names: string[], options: EvaluateOptions): Promise<void> {
  const files: LabelledFile[] = [];
  for (const name of names) files.push(await readLabelled(name));
  const refused = refusedOf(files);
  await withRejectsLog(options.rejects, async (note) => {
    for (const file of files) for (const rejection of file.refused) note?.(file.name, rejection);
  });
  const texts = files.flatMap((file) => file.texts);
  const read = await readTexts(texts, options.model ?? [undefined], options.workers);
  const evaluated = [...each(files, read), ...(files.length > 1 ? [together(files, read)] : [])];
  if (options.html !== undefined) writeFileSync(options.html, evaluationPage(evaluated, new Date()));
  if (options.json) {
    writeJson({
      files: evaluated.map(({ name, evaluations }, index) => ({
        name,
        refused: files[index]?.refused ?? [],
        evaluations,
      })),
      refused: refusedCodes(refused),
    });
  } else for (const file of evaluated) print(file);
  sayRefusals(refused, options.rejects);
  exitWithRefusals(refused);
}

/** What was refused of each file, as all commands say it. */
const refusedOf = (files: readonly LabelledFile[]): ReadFile[] =>
  files.map(({ name, texts, refused }) => {
    const refusals = new Refusals();
    for (const rejection of refused) refusals.add(rejection);
    const lines = texts.length + refused.length;
    return { name: printable(name), summary: { lines, rejected: refused.length, ...refusals.counts() } };
  });

/** The readings were made of all texts at once; each file has its part of them. */
function each(files: readonly LabelledFile[], read: ReadTexts): EvaluatedFile[] {
  let start = 0;
  return files.map(({ name, texts, refused }) => {
    const from = start;
    start += texts.length;
    const analyses = new Map([...read.analyses].map(([model, list]) => [model, list.slice(from, from + texts.length)]));
    return { name, evaluations: evaluateSentiment({ texts, analyses }), refused: refused.length };
  });
}

const together = (files: readonly LabelledFile[], read: ReadTexts): EvaluatedFile => ({
  name: "all files",
  evaluations: evaluateSentiment(read),
  refused: files.reduce((sum, { refused }) => sum + refused.length, 0),
});

const plain = { head: [], border: [], compact: true };
const three = (value: number): string => value.toFixed(3);
const range = ({ low, high }: { low: number; high: number }): string => `${three(low)}–${three(high)}`;

function print({ name, evaluations }: EvaluatedFile): void {
  console.log(`\n${printable(name)}: ${(evaluations[0]?.result.count ?? 0).toLocaleString("en-US")} texts`);
  const table = new Table({
    head: ["predictor", "accuracy", "95 %", "macro F1", "95 %", "weighted F1", "ECE", "Brier"],
    colAligns: ["left", ...Array<"right">(7).fill("right")],
    style: plain,
  });
  for (const { predictor, result, intervals } of evaluations) {
    table.push([
      predictor,
      three(result.accuracy),
      range(intervals.accuracy),
      three(result.macroF1),
      range(intervals.macroF1),
      three(result.weightedF1),
      three(result.ece),
      three(result.brier),
    ]);
  }
  console.log(table.toString());
  const last = evaluations.at(-1);
  if (last) printDetails(last);
}

function printDetails({ predictor, result }: SentimentEvaluation): void {
  const labels = result.classes.map(({ label }) => label);
  const table = new Table({
    head: ["truth", ...labels.map((label) => `predicted ${label}`), "precision", "recall", "F1"],
    colAligns: ["left", ...Array<"right">(6).fill("right")],
    style: plain,
  });
  for (const [index, { label, precision, recall, f1 }] of result.classes.entries()) {
    table.push([label, ...(result.confusion[index] ?? []).map(String), three(precision), three(recall), three(f1)]);
  }
  console.log(`${predictor}:\n${table.toString()}`);
  const reliability = new Table({
    head: ["confidence", "texts", "mean confidence", "right"],
    colAligns: ["left", "right", "right", "right"],
    style: plain,
  });
  for (const { from, to, count, confidence, accuracy } of result.reliability) {
    if (count > 0) reliability.push([`${three(from)}–${three(to)}`, String(count), three(confidence), three(accuracy)]);
  }
  console.log(reliability.toString());
}
