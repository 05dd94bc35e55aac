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
import { say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { printable, withJson, writeJson } from "../output.js";
import { positiveInteger } from "../numbers.js";

interface EvaluateOptions {
  readonly model?: string[];
  readonly workers?: number;
  readonly html?: string;
  readonly json?: boolean;
}

export function evaluateCommand(): Command {
  const evaluate = new Command("evaluate").description("Compare the answers of models with what is known.");
  withExitCodes(
    withJson(
      evaluate.command("sentiment"),
      "{files: [{name, refused: [{line, reason}], evaluations: [{predictor, result, intervals}]}]}",
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
  return evaluate;
}

async function run(names: string[], options: EvaluateOptions): Promise<void> {
  const files: LabelledFile[] = [];
  for (const name of names) files.push(await readLabelled(name));
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
    });
  } else for (const file of evaluated) print(file);
  let refused = 0;
  for (const file of files) {
    refused += file.refused.length;
    for (const { line, reason } of file.refused.slice(0, 20))
      say(`${printable(file.name)}: line ${line}: ${printable(reason)}`);
    if (file.refused.length > 20) say(`${printable(file.name)}: and ${file.refused.length - 20} more`);
  }
  if (refused > 0) process.exitCode = exitCodes.partly;
}

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
