import { basename, join } from "node:path";
import { calibrate } from "../../models/evaluation/calibration.js";
import { downloadHubModel } from "../../models/registry/import/hub-download.js";
import {
  readHubModel,
  type HubModel,
  type HubModelOptions,
  type Precision,
} from "../../models/registry/import/hub-layout.js";
import { importModel } from "../../models/registry/import/import-model.js";
import type { SentimentCard } from "../../models/runtime/card.js";
import { ModelCardError } from "../../models/runtime/errors.js";
import { loadSentimentClassifier } from "../../models/runtime/sentiment-classifier.js";
import { newsRules, textNormaliser } from "../../models/runtime/text-normalisation.js";
import type { SentimentClassifier } from "../../models/runtime/types.js";
import { vaderProbabilities } from "../../operators/sentiment/blend.js";
import { vaderScore } from "../../operators/sentiment/vader.js";
import { messageOf } from "../runtime/errors.js";
import { classes } from "./evaluate-sentiment.js";
import type { LabelledText } from "./labelled-texts.js";

export interface SentimentImport extends Omit<HubModelOptions, "name"> {
  /** Default: the last part of the source, in lower case. */
  readonly name?: string | undefined;
  /** Of a repository on the hub; needed for one. */
  readonly revision?: string | undefined;
  readonly host?: string | undefined;
  readonly onProgress?: (file: string, percent: number) => void;
  /** Learns temperature and VADER's weight; without, the model is taken at its word and alone. */
  readonly calibrateOn?: readonly LabelledText[] | undefined;
}

export interface SentimentImported {
  readonly card: SentimentCard;
  /** Of the artefact, relative to the directory of the artefacts. */
  readonly path: string;
  readonly isNew: boolean;
}

/**
 * Takes a transformer in the hub's layout in as an artefact, for `models register` to find, after it was tried.
 *
 * @param source a directory, or a repository on the hub when a revision is named
 * @throws ModelCardError, ModelIntegrityError, ModelConflictError; nothing is written then
 */
export async function importSentimentModel(
  source: string,
  directories: { readonly artifacts: string; readonly cache: string },
  options: SentimentImport,
): Promise<SentimentImported> {
  const { revision, host, onProgress, calibrateOn } = options;
  const directory =
    revision === undefined
      ? source
      : await downloadHubModel({
          id: source,
          revision,
          precision: options.precision ?? defaultPrecision,
          cacheDirectory: directories.cache,
          ...(host !== undefined && { host }),
          ...(onProgress && { onProgress }),
        });
  const read = await readHubModel(directory, {
    ...options,
    name: options.name ?? nameOf(source),
    ...(revision !== undefined && {
      precision: options.precision ?? defaultPrecision,
      version: options.version ?? revision.slice(0, 12),
    }),
  });
  const model = await tried(directory, read, calibrateOn);
  const notes = {
    source: revision === undefined ? basename(source) : { hub: source, revision },
    calibratedOn: calibrateOn ? { texts: calibrateOn.length } : null,
    licences: { weights: "as its publisher says: see the source" },
  };
  return { card: model.card, ...(await importModel(model, directories.artifacts, notes)) };
}

const defaultPrecision: Precision = "q8";

/** Where what was fetched from the hub is kept. */
export const hubCache = (dataDirectory: string): string => join(dataDirectory, "hub");

function nameOf(source: string): string {
  return basename(source)
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "");
}

const normalise = textNormaliser(newsRules);

/** Lengths that differ: a model that was exported for one alone shows itself. */
const trial = [
  "Up",
  "Shares of the company fall by 3 % after its results",
  "Analysts expect more of the same. ".repeat(40),
];

async function tried(
  directory: string,
  model: HubModel,
  calibrateOn: readonly LabelledText[] | undefined,
): Promise<HubModel> {
  const refuse = (error: unknown): never => {
    throw new ModelCardError(`${model.card.modelFile} of ${directory} cannot read texts: ${messageOf(error)}`, {
      cause: error,
    });
  };
  const classifier = await loadSentimentClassifier(directory, { card: model.card }).catch(refuse);
  try {
    await classifier.classify(trial).catch(refuse);
    return calibrateOn ? await calibrated(classifier, model, calibrateOn) : model;
  } finally {
    await classifier.close();
  }
}

async function calibrated(
  classifier: SentimentClassifier,
  model: HubModel,
  texts: readonly LabelledText[],
): Promise<HubModel> {
  const answers = await classifier.classify(texts.map(({ text }) => text));
  const { temperature, weight } = calibrate(
    answers.map((probabilities) => classes.map((label) => probabilities?.[label] ?? NaN)),
    texts.map(({ text }) => {
      const byRules = vaderProbabilities(vaderScore(normalise(text)).compound);
      return classes.map((label) => byRules[label]);
    }),
    texts.map(({ label }) => classes.indexOf(label)),
  );
  return { ...model, card: { ...model.card, temperature, blend: { transformer: weight } } };
}
