import { loadSentimentClassifier } from "../../models/runtime/sentiment-classifier.js";
import type { ModelRouter } from "../../models/runtime/types.js";

/** Reads sentiment without a registry: one artefact for every symbol, or VADER alone. */
export interface SentimentReader {
  readonly router: ModelRouter<"sentiment">;
  /** name@version of the transformer. */
  readonly model: string | undefined;
  readonly sha256: string | undefined;
  close(): Promise<void>;
}

/**
 * @param directory a transformer's artefact; undefined: VADER alone
 * @throws ModelCardError, ModelIntegrityError before anything is loaded
 */
export async function openSentimentReader(directory: string | undefined, workers?: number): Promise<SentimentReader> {
  const classifier =
    directory === undefined
      ? undefined
      : await loadSentimentClassifier(directory, workers === undefined ? {} : { workers });
  return {
    router: { task: "sentiment", pick: () => ({ arm: "champion", model: classifier }) },
    model: classifier && `${classifier.model.name}@${classifier.model.version}`,
    sha256: classifier?.model.sha256,
    close: async () => classifier?.close(),
  };
}
