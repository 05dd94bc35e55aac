/** The model card `model.json` beside each model file: what the runtime needs of it, validated before anything is loaded. */
import { z } from "zod";
import { isOfKind, modelTasks, tasks, type KindOf, type ModelKind, type ModelTask, type TaskOfKind } from "../tasks.js";
import { ModelCardError } from "./errors.js";
import { readInside } from "./integrity.js";

/** The card's file name in an artefact's directory. */
export const cardFile = "model.json";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal");
const probability = z.number().min(0).max(1);

const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]*$/),
  /** SHA-256 of the model file. */
  sha256,
  /** The model file, relative to the card. */
  modelFile: z.string().default("model.onnx"),
  /** SHA-256 of every file that is loaded, by path relative to the card. */
  files: z.record(z.string(), sha256),
};

/** Quantile levels of the values of a row. */
const levels = {
  value: z.array(z.number()).length(0),
  quantiles: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .refine((found) => found.every((level, index) => index === 0 || level > (found[index - 1] ?? 1)), "must ascend"),
};

const vectorCard = (task: TaskOfKind<"vector">) =>
  z.object({
    ...common,
    task: z.literal(task),
    /** Id of the feature set it was trained on. */
    featureSet: z.string().min(1),
    /** Names of the model's inputs, in the order of the feature set. */
    featureNames: z.array(z.string().min(1)).min(1),
    /** name@version of the sentiment model that its features came from. */
    sentimentModel: z.string().nullable(),
    levels: levels[tasks[task].output],
    /** Symbols with a labelled vector among those that it was trained on; cards of before this field have none. */
    trainedSymbols: z.array(z.string().min(1)).min(1).optional(),
  });

const textCard = (task: TaskOfKind<"text">) =>
  z.object({
    ...common,
    task: z.literal(task),
    /** Class of each output, in the order of the logits. */
    labels: z
      .array(z.enum(["negative", "neutral", "positive"]))
      .length(3)
      .refine((labels) => new Set(labels).size === 3, "must name each class once"),
    /** Longest input in tokens, the special ones included; longer texts are cut. */
    maxTokens: z.number().int().min(2).max(8192),
    /** Divisor of the logits that calibrates the probabilities. */
    temperature: z.number().gt(0),
    /** How it is blended with VADER. */
    blend: z.object({ transformer: probability }),
    /** What is done to a text before the tokenizer sees it. */
    textNormalisation: z.object({
      rules: z.array(
        z.object({ pattern: z.string().refine(isPattern, "must be a regular expression"), replacement: z.string() }),
      ),
    }),
  });

/** How the card of a task of each kind looks. */
const schemas = { text: textCard, vector: vectorCard } satisfies {
  readonly [Kind in ModelKind]: (task: TaskOfKind<Kind>) => unknown;
};
type CardSchema<Kind extends ModelKind> = ReturnType<(typeof schemas)[Kind]>;
export type CardsByKind = { readonly [Kind in ModelKind]: z.infer<CardSchema<Kind>> };
export type ModelCard = CardsByKind[ModelKind];
export type CardOf<Task extends ModelTask> = CardsByKind[KindOf<Task>];
export type SentimentCard = CardsByKind["text"];
export type VectorCard = CardsByKind["vector"];

const schemaOf = (task: ModelTask): CardSchema<ModelKind> =>
  (schemas[tasks[task].kind] as (task: ModelTask) => CardSchema<ModelKind>)(task);
const cardSchema = z.discriminatedUnion(
  "task",
  modelTasks.map(schemaOf) as [CardSchema<ModelKind>, ...CardSchema<ModelKind>[]],
);

export const isVectorCard = (card: ModelCard): card is VectorCard => isOfKind(card.task, "vector");

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "gu") instanceof RegExp;
  } catch {
    return false;
  }
}

/**
 * @param directory the artefact's directory
 * @throws ModelCardError when there is no card, it is not JSON, or a field is missing or wrong
 */
export async function readModelCard(directory: string): Promise<ModelCard> {
  let content: unknown;
  try {
    content = JSON.parse((await readInside(directory, cardFile)).toString("utf8"));
  } catch (error) {
    throw new ModelCardError(`${cardFile} of ${directory} cannot be read: ${String(error)}`, { cause: error });
  }
  const parsed = cardSchema.safeParse(content);
  if (!parsed.success) throw new ModelCardError(`${cardFile} of ${directory}: ${z.prettifyError(parsed.error)}`);
  const card = parsed.data;
  if (card.files[card.modelFile] !== card.sha256)
    throw new ModelCardError(`${cardFile} of ${directory}: sha256 is not that of ${card.modelFile} under files`);
  return card;
}
