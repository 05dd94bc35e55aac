import { tasksOfKind } from "../tasks.js";
import { checkArtifact, startInferencePool, type Closable, type LoadOptions } from "./artifact.js";
import type { VectorCard } from "./card.js";
import { chunks } from "./chunks.js";
import { ModelInputError } from "./errors.js";
import { defaultProviders } from "./providers.js";
import type { VectorScorer } from "./types.js";
import { valuesPerRow } from "./vector-session.js";

/** A tree ensemble in worker threads, until it is closed. */
export interface LoadedVectorScorer extends VectorScorer, Closable {
  readonly card: VectorCard;
}

/** Rows in a message: a row takes some microseconds, a message about a hundred. */
const rowsPerMessage = { fewest: 32, most: 256 };

/**
 * Loads a tree ensemble into worker threads, by default one.
 *
 * @param directory the artefact's directory, with `model.json`
 * @returns a scorer of rows, each a vector of its feature set, that gives one value a row or one for each quantile level
 * @throws ModelCardError, ModelIntegrityError before anything is loaded
 * @example
 * ```ts
 * import { loadVectorScorer } from "newstape";
 *
 * const scorer = await loadVectorScorer("node_modules/newstape/models/artifacts/return/lgbm-return/1.2.0");
 * const zeros = scorer.card.featureNames.map(() => 0);
 * const [quantiles] = await scorer.score([zeros]);
 * console.log(scorer.featureSet, zeros.length, quantiles!.length === scorer.levels.length); // fs-QnbcBq-1 102 true
 * await scorer.close();
 * ```
 */
export async function loadVectorScorer(directory: string, options: LoadOptions = {}): Promise<LoadedVectorScorer> {
  const card = await checkArtifact(directory, tasksOfKind("vector"), options);
  const workers = options.workers ?? 1;
  const pool = await startInferencePool<Float32Array, Float32Array>(
    { directory, card, providers: defaultProviders },
    workers,
    options,
  );
  const width = card.featureNames.length;

  return {
    card,
    model: { name: card.name, version: card.version, sha256: card.sha256 },
    featureSet: card.featureSet,
    levels: card.levels,
    trainedOn: card.trainedSymbols && new Set(card.trainedSymbols),
    score: async (rows) => {
      const parts = await Promise.all(
        chunks(rows.length, workers, rowsPerMessage.fewest, rowsPerMessage.most).map(([start, end]) =>
          pool.run(flatten(rows.slice(start, end), width)),
        ),
      );
      return parts.flatMap((values) => unflatten(values, valuesPerRow(card)));
    },
    close: () => pool.close(),
  };
}

/** The models were trained on 32-bit values: rounding here is what the training did. */
function flatten(rows: readonly (readonly number[])[], width: number): Float32Array {
  const values = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    if (row.length !== width) throw new ModelInputError(`a row has ${row.length} values, the model takes ${width}`);
    values.set(row, index * width);
  }
  if (!values.every(Number.isFinite)) throw new ModelInputError("a value is not a finite 32-bit number");
  return values;
}

function unflatten(values: Float32Array, perRow: number): number[][] {
  return Array.from({ length: values.length / perRow }, (_, row) =>
    Array.from(values.subarray(row * perRow, (row + 1) * perRow)),
  );
}
