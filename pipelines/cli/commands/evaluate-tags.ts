import { Command } from "commander";
import Table from "cli-table3";
import { bundledUniverse, readSorted, withRejectsLog } from "../../ingest/index.js";
import { evaluateTagger, halfOf, type Evaluation, type Scores } from "../../ingest/tagging/evaluate.js";
import { withExitCodes } from "../exit-codes.js";
import { readOptions, withFileOptions, type FileOptions } from "../file-options.js";
import { withJson, writeJson } from "../output.js";
import { companiesDescription, namesOf, taggerFrom } from "../tagger-options.js";
import { exitWithRefusals, refusedCodes, sayRefusals } from "../refusals.js";
import { chosenUniverse, withUniverse, type UniverseOptions } from "../universe-option.js";

interface EvaluateOptions extends FileOptions, UniverseOptions {
  companies?: string;
  half?: "develop" | "report";
  json?: boolean;
}

export function evaluateTagsCommand(): Command {
  const command = withExitCodes(
    withJson(
      withUniverse(new Command("evaluate-tags")),
      "{evaluations: [{name, texts, micro: {tags, given, correct, precision, recall, f1}, bySymbol}], refused: [{code, count, first, remedy}]}",
    ),
    { partly: "lines were refused; the others are counted" },
  )
    .description("Compare the tagger's symbols with those that a file of news has.")
    .argument("<file>", "news with symbols, as for `ingest news`")
    .option("--companies <file>", companiesDescription)
    .option("--half <name>", "develop or report: one half of the articles, by a hash of their ids")
    .action(evaluate);
  return withFileOptions(command, ["news"]);
}

async function evaluate(file: string, options: EvaluateOptions): Promise<void> {
  const chosen = chosenUniverse(options);
  const companies = namesOf(options.companies, chosen);
  // Symbols whose companies nobody has named to the tagger would all count as missed.
  const symbols = chosen ?? (options.companies === undefined ? bundledUniverse : undefined);
  const read = { kind: "news", input: file, now: Date.now, symbols, ...readOptions(options, "news") } as const;
  const { records, summary } = await withRejectsLog(options.rejects, (note) =>
    readSorted({ ...read, onRejected: (rejection) => note?.(file, rejection) }),
  );
  const files = [{ name: file, summary }];
  sayRefusals(files, options.rejects);
  const texts = records
    .filter(({ sourceId }) => options.half === undefined || halfOf(sourceId) === options.half)
    .map(({ sourceId, headline, symbols: tags }) => ({ id: sourceId, text: headline, symbols: tags }));
  const evaluations = evaluateTagger(taggerFrom(options.companies, chosen), companies, texts);
  if (options.json) {
    const bySymbol = evaluations.map((one) => ({ ...one, bySymbol: Object.fromEntries(one.bySymbol) }));
    writeJson({ evaluations: bySymbol, refused: refusedCodes(files) });
  } else for (const one of evaluations) print(one);
  exitWithRefusals(files);
}

const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
const row = ({ tags, given, correct, precision, recall, f1 }: Scores): string[] => [
  ...[tags, given, correct].map((count) => count.toLocaleString("en-US")),
  ...[precision, recall, f1].map(share),
];

function print({ name, texts, micro, bySymbol }: Evaluation): void {
  console.log(
    `\n${name}: ${texts.toLocaleString("en-US")} texts; all symbols, and the ten worst with at least 20 tags`,
  );
  const table = new Table({
    head: ["symbol", "tags", "given", "correct", "precision", "recall", "F1"],
    style: { head: [], border: [] },
  });
  table.push(["all", ...row(micro)]);
  const worst = [...bySymbol].filter(([, { tags }]) => tags >= 20).sort(([, a], [, b]) => a.f1 - b.f1);
  for (const [symbol, scores] of worst.slice(0, 10)) table.push([symbol, ...row(scores)]);
  console.log(table.toString());
}
