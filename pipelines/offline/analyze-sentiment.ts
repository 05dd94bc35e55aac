import { basename } from "node:path";
import { newsRules, textNormaliser } from "../../models/runtime/text-normalisation.js";
import { hasHubLayout, readHubModel } from "../../models/registry/import/hub-layout.js";
import { loadSentimentClassifier, type LoadedSentimentClassifier } from "../../models/runtime/sentiment-classifier.js";
import { textSentiment, type TextSentiment } from "../../operators/sentiment/text-sentiment.js";
import { vaderScore } from "../../operators/sentiment/vader.js";
import { readConfig } from "../config.js";
import { defaultSentimentDirectory } from "./default-sentiment.js";

/** The sentiment of one text: score in [−1, 1], label, confidence, and the parts of the blend. */
export interface SentimentAnalysis extends TextSentiment {
  readonly text: string;
  /** name@version of the transformer; null where VADER stands in alone. */
  readonly model: string | null;
  /** True where VADER stands in alone. */
  readonly degraded: boolean;
}

/** Which model reads, and with how many threads. */
export interface AnalyzerOptions {
  /** Directory of a transformer's artefact, or of a model in the hub's layout, or `vader` for none; default: the one that ships with the package. */
  readonly model?: string | undefined;
  /** Worker threads; default: one for each processor. */
  readonly workers?: number | undefined;
}

/** Loaded models that read texts until they are closed. */
export interface SentimentAnalyzer {
  /** name@version of the transformer; null: VADER alone. */
  readonly model: string | null;
  /** In the order of the texts. A text's result does not depend on the others. */
  analyze(texts: readonly string[]): Promise<SentimentAnalysis[]>;
  /** Ends the workers. */
  close(): Promise<void>;
}

const normalise = textNormaliser(newsRules);

/**
 * Opens what the sentiment stage reads headlines with: the same models, the same blend, the same numbers. No server.
 *
 * @returns an analyzer with worker threads of its own: close it
 * @throws ModelCardError, ModelIntegrityError before anything is loaded
 * @example
 * ```ts
 * import { openSentimentAnalyzer } from "newstape";
 *
 * const analyzer = await openSentimentAnalyzer({ workers: 1 });
 * const [good, bad] = await analyzer.analyze(["Apple beats estimates", "Apple misses estimates"]);
 * console.log(analyzer.model, good!.label, bad!.label); // sentiment-minilm-l6@1.0.0 positive negative
 * await analyzer.close();
 * ```
 */
export async function openSentimentAnalyzer(options: AnalyzerOptions = {}): Promise<SentimentAnalyzer> {
  const { model = defaultSentimentDirectory(), workers } = options;
  const classifier = model === "vader" ? undefined : await open(model, workers);
  const name = classifier ? `${classifier.model.name}@${classifier.model.version}` : null;
  return {
    model: name,
    analyze: async (texts) => {
      const distinct = [...new Set(texts)];
      const read = classifier && (await classifier.classify(distinct));
      const analyses = new Map(
        distinct.map((text, index): [string, SentimentAnalysis] => {
          const sentiment = textSentiment(
            vaderScore(normalise(text)),
            read?.[index] ?? null,
            classifier?.blendWeight ?? 0,
          );
          return [text, { text, ...sentiment, model: name, degraded: classifier === undefined }];
        }),
      );
      return texts.flatMap((text) => analyses.get(text) ?? []);
    },
    close: async () => classifier?.close(),
  };
}

async function open(directory: string, workers: number | undefined): Promise<LoadedSentimentClassifier> {
  const { providers } = readConfig();
  return await loadSentimentClassifier(directory, {
    providers,
    ...(workers !== undefined && { workers }),
    ...(hasHubLayout(directory) && { card: (await readHubModel(directory, { name: basename(directory) })).card }),
  });
}

/**
 * The sentiment of each text, as the sentiment stage computes it. For many calls open an analyzer once: loading takes about a second.
 *
 * @param texts headlines, posts or sentences
 * @returns score in [−1, 1], label, confidence and all parts of the blend, in the order of the texts
 * @throws ModelCardError, ModelIntegrityError before anything is loaded
 * @example
 * ```ts
 * import { analyzeSentiment } from "newstape";
 *
 * const [analysis] = await analyzeSentiment(["Profit warning: shares plunge"], { model: "vader" });
 * console.log(analysis!.label, analysis!.score < 0, analysis!.degraded); // negative true true
 * ```
 */
export async function analyzeSentiment(
  texts: readonly string[],
  options: AnalyzerOptions = {},
): Promise<SentimentAnalysis[]> {
  const analyzer = await openSentimentAnalyzer(options);
  try {
    return await analyzer.analyze(texts);
  } finally {
    await analyzer.close();
  }
}
