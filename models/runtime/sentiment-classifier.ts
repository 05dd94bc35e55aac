import { availableParallelism } from "node:os";
import type { SentimentProbabilities } from "../../schemas/generated/types.js";
import { tasksOfKind } from "../tasks.js";
import { checkArtifact, startInferencePool, type Closable, type LoadOptions } from "./artifact.js";
import type { SentimentCard } from "./card.js";
import { chunks } from "./chunks.js";
import { defaultProviders } from "./providers.js";
import { classOrder } from "./sentiment-session.js";
import type { SentimentClassifier } from "./types.js";

/** A transformer in worker threads, until it is closed. */
export interface LoadedSentimentClassifier extends SentimentClassifier, Closable {
  readonly card: SentimentCard;
  /**
   * @throws ModelInputError when one of the texts cannot be read
   * @throws TransientError when no worker could do it
   */
  classify(texts: readonly string[]): Promise<readonly SentimentProbabilities[]>;
}

/** Texts in a message: at 1 ms or more each, the message then costs at most a hundredth of the work. */
const textsPerMessage = 16;

/**
 * Loads a transformer into worker threads, by default one for each processor.
 *
 * @param directory the artefact's directory, with `model.json`
 * @returns a classifier that gives each text its calibrated probabilities, in the order of the texts
 * @throws ModelCardError, ModelIntegrityError before anything is loaded
 */
export async function loadSentimentClassifier(
  directory: string,
  options: LoadOptions = {},
): Promise<LoadedSentimentClassifier> {
  const card = await checkArtifact(directory, tasksOfKind("text"), options);
  const workers = options.workers ?? availableParallelism();
  const artifact = { directory, card, providers: options.providers ?? defaultProviders };
  const pool = await startInferencePool<readonly string[], Float64Array>(artifact, workers, options);

  return {
    card,
    model: { name: card.name, version: card.version, sha256: card.sha256 },
    blendWeight: card.blend.transformer,
    classify: async (texts) => {
      const parts = await Promise.all(
        chunks(texts.length, workers, 1, textsPerMessage).map(([start, end]) => pool.run(texts.slice(start, end))),
      );
      return parts.flatMap(toProbabilities);
    },
    close: () => pool.close(),
  };
}

function toProbabilities(values: Float64Array): SentimentProbabilities[] {
  return Array.from({ length: values.length / classOrder.length }, (_, row) => {
    const [negative = 0, neutral = 0, positive = 0] = values.subarray(row * classOrder.length);
    return { negative, neutral, positive };
  });
}
