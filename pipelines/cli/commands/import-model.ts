import { statSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { isHubId, isRevision } from "../../../models/registry/import/hub-download.js";
import { precisions, type Precision } from "../../../models/registry/import/hub-layout.js";
import type { SentimentLabel } from "../../../schemas/generated/types.js";
import { classes } from "../../offline/evaluate-sentiment.js";
import { hubCache, importSentimentModel } from "../../offline/import-sentiment.js";
import { readLabelled } from "../../offline/labelled-texts.js";
import { readConfig } from "../../config.js";
import { UserError } from "../../runtime/errors.js";
import { say } from "../context.js";
import { positiveInteger } from "../numbers.js";
import { withJson, writeJson } from "../output.js";

interface ImportOptions {
  readonly revision?: string;
  readonly name?: string;
  readonly modelVersion?: string;
  readonly precision?: Precision;
  readonly labels?: SentimentLabel[];
  readonly maxTokens?: number;
  readonly sha256?: string;
  readonly calibrate?: string;
  readonly cacheDir?: string;
  readonly hub?: string;
  readonly json?: boolean;
}

export function importModelCommand(): Command {
  return withJson(new Command("import"), "{model, path, sha256, labels, temperature, blend, new}")
    .description("Take in FinBERT, or any BERT-like classifier of sentiment, from a directory or the hub. No server.")
    .argument("<source>", "directory in the hub's layout (config.json, tokenizer.json, ONNX), or owner/name on the hub")
    .option("--revision <commit>", "of a repository on the hub; a commit pins it, a branch does not", parseRevision)
    .option("--sha256 <hash>", "that the model file must have", parseHash)
    .option("--calibrate <file>", "CSV with text and label: learns the temperature and VADER's weight from it")
    .option("--name <name>", "default: the source's, in lower case")
    .option("--model-version <version>", "default: the first twelve digits of the revision, or of the file's hash")
    .addOption(
      new Option("--precision <name>", "which ONNX file (default: quantised if there is one)").choices(
        Object.keys(precisions),
      ),
    )
    .option("--labels <order>", "class of each output, where config.json does not name it", parseLabels)
    .option("--max-tokens <count>", "longest input (default: 128)", positiveInteger)
    .option("--cache-dir <directory>", "where files of the hub are kept (default: hub/ in NEWSTAPE_DATA)")
    .option("--hub <url>", "another hub, or a mirror")
    .addHelpText(
      "after",
      `
The artefact is written to imported/sentiment/<name>/<version> below NEWSTAPE_ARTIFACTS, then \`newstape models register\` makes it
known and \`newstape models route sentiment --finbert 25% --model name@version\` serves it.

Examples:
  newstape models import ./finbert --calibrate labelled.csv
  newstape models import Xenova/finbert --revision <commit> --sha256 <hash>`,
    )
    .action(run);
}

async function run(source: string, options: ImportOptions): Promise<void> {
  const config = readConfig();
  const isDirectory = statSync(source, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isDirectory && !isHubId(source))
    throw new UserError(`${source} is neither a directory nor the name of a repository on the hub`, "owner/name");
  if (!isDirectory && options.revision === undefined)
    throw new UserError(
      `Which state of ${source}? What the hub calls main may be another model tomorrow`,
      "Name a commit: --revision <commit>",
    );
  const { calibrate, cacheDir, hub, json, revision, modelVersion, ...others } = options;
  const { card, path, isNew } = await importSentimentModel(
    source,
    { artifacts: config.artifactDirectory, cache: cacheDir ?? hubCache(config.dataDirectory) },
    {
      ...others,
      version: modelVersion,
      ...(!isDirectory && { revision }),
      ...(hub !== undefined && { host: hub }),
      ...(calibrate !== undefined && { calibrateOn: (await readLabelled(calibrate)).texts }),
      ...(process.stderr.isTTY && { onProgress: showProgress }),
    },
  );
  const model = `${card.name}@${card.version}`;
  const { sha256, labels, temperature, blend } = card;
  if (json) return writeJson({ model, path, sha256, labels, temperature, blend, new: isNew });
  console.log(`${model}  ${path}`);
  say(
    `sha256 ${sha256}; outputs: ${labels.join(", ")}; temperature ${temperature}, weight ${blend.transformer} beside VADER` +
      `${calibrate === undefined ? " (not calibrated)" : ""}${isNew ? "" : "; it was there already"}`,
  );
}

function showProgress(file: string, percent: number): void {
  process.stderr.write(`\r${file} ${percent.toFixed(0).padStart(3)} %${percent >= 100 ? "\n" : ""}`);
}

function parseRevision(text: string): string {
  if (!isRevision(text)) throw new InvalidArgumentError("It is a commit, tag or branch.");
  return text;
}

function parseHash(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError("It is a SHA-256 in lower-case hexadecimal.");
  return text;
}

function parseLabels(text: string): SentimentLabel[] {
  const labels = text.split(",").flatMap((name) => classes.find((known) => known === name.trim()) ?? []);
  if (labels.length !== 3 || new Set(labels).size !== 3 || text.split(",").length !== 3)
    throw new InvalidArgumentError("It names each once, e.g. positive,negative,neutral.");
  return labels;
}
