import { basename, join } from "node:path";
import { calibrate, type Calibration } from "../../models/evaluation/calibration.js";
import { downloadHubModel } from "../../models/registry/import/hub-download.js";
import {
  readHubModel,
  type HubModel,
  type HubModelOptions,
  type Precision,
} from "../../models/registry/import/hub-layout.js";
import { importModel } from "../../models/registry/import/import-model.js";
import type { SentimentCard } from "../../models/runtime/card.js";
import { loadSentimentClassifier } from "../../models/runtime/sentiment-classifier.js";
import { newsRules, textNormaliser } from "../../models/runtime/text-normalisation.js";
import { vaderProbabilities } from "../../operators/sentiment/blend.js";
import { vaderScore } from "../../operators/sentiment/vader.js";
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
 * Takes a transformer in the hub's layout in as an artefact, for `models register` to find.
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
  const model = calibrateOn ? await calibrated(directory, read, calibrateOn) : read;
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

async function calibrated(directory: string, model: HubModel, texts: readonly LabelledText[]): Promise<HubModel> {
  const classifier = await loadSentimentClassifier(directory, { card: model.card });
  let found: Calibration;
  try {
    const said = await classifier.classify(texts.map(({ text }) => text));
    found = calibrate(
      said.map((probabilities) => classes.map((label) => probabilities[label])),
      texts.map(({ text }) => {
        const byRules = vaderProbabilities(vaderScore(normalise(text)).compound);
        return classes.map((label) => byRules[label]);
      }),
      texts.map(({ label }) => classes.indexOf(label)),
    );
  } finally {
    await classifier.close();
  }
  return {
    ...model,
    card: { ...model.card, temperature: found.temperature, blend: { transformer: found.weight } },
  };
}
