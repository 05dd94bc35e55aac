import { z } from "zod";
import { modelTasks } from "../tasks.js";

/** What the registry needs of `model.json`; everything else in it is kept as it is, for whoever serves the model. */
const registeredCard = z.looseObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]*$/),
  task: z.enum(modelTasks),
  /** e.g. lightgbm, xgboost, random_forest, transformer; absent: derived from the task and the trainer's libraries. */
  algorithm: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/)
    .optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal"),
  /** The model file, relative to the card. */
  modelFile: z.string().default("model.onnx"),
  /** Feature set it was trained on; absent for sentiment. */
  featureSet: z.string().nullish(),
  /** Brought in by `models import`, rather than shipped with the package. */
  imported: z.boolean().default(false),
  metrics: z.unknown().optional(),
  featureImportance: z.unknown().optional(),
  hyperparameters: z.unknown().optional(),
  trainingSamples: z.number().int().nonnegative().nullish(),
  /** Symbols that it was trained on; absent where that is not known. */
  trainedSymbols: z.array(z.string().min(1)).min(1).nullish(),
});

export type RegisteredCard = z.infer<typeof registeredCard>;

/** A `model.json` that the registry cannot take in. */
export class RegistryCardError extends Error {
  override readonly name = "RegistryCardError";
}

/**
 * @param content the parsed `model.json`
 * @param source its place, for the message
 * @throws RegistryCardError naming each field that is missing or wrong
 */
export function parseCard(content: unknown, source: string): RegisteredCard {
  const parsed = registeredCard.safeParse(content);
  if (!parsed.success) throw new RegistryCardError(`${source}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The registry's key of a model version. */
export const modelKey = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `${name}@${version}`;

/** The registry's key of a task's route. */
export const routeKey = (task: string): string => `route:${task}`;
