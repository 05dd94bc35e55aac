/** Runs inside a worker: feature vectors → scores. */
import { Tensor } from "onnxruntime-node";
import type { VectorCard } from "./card.js";
import { ModelInputError } from "./errors.js";
import { readVerified } from "./integrity.js";
import { createSession, type ModelSession } from "./model-session.js";

/** A request has the rows one after another, and so has the result with `valuesPerRow` values a row. */
export type VectorSession = ModelSession<Float32Array, Float32Array>;

/** Values that a model gives for a row: one a quantile level, or one that is no quantile. */
export function valuesPerRow(card: Pick<VectorCard, "levels">): number {
  return Math.max(1, card.levels.length);
}

/** @throws ModelIntegrityError when a file does not match the card */
export async function openVectorSession(directory: string, card: VectorCard): Promise<VectorSession> {
  const session = await createSession(await readVerified(directory, card.modelFile, card.sha256));
  const inputName = session.inputNames[0] ?? "";
  const outputName = session.outputNames[0] ?? "";
  const width = card.featureNames.length;

  const run = async (values: Float32Array): Promise<Float32Array> => {
    const rows = values.length / width;
    if (!Number.isInteger(rows)) throw new ModelInputError(`${values.length} values are no rows of ${width}`);
    if (rows === 0) return new Float32Array();
    const output = (await session.run({ [inputName]: new Tensor("float32", values, [rows, width]) }))[outputName];
    const scores = output?.data;
    if (!(scores instanceof Float32Array) || scores.length !== rows * valuesPerRow(card))
      throw new Error(`the model's output has the shape [${output?.dims.join(", ")}] for ${rows} rows`);
    if (!scores.every(Number.isFinite)) throw new Error("the model's output is not finite");
    return scores;
  };

  return {
    run,
    warmUp: async () => void (await run(new Float32Array(width))),
    release: () => session.release(),
  };
}
