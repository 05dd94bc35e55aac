/**
 * A classifier of three classes in the hub's usual layout, as a model card: `config.json`, `tokenizer.json` and an ONNX
 * file, here or under `onnx/`. FinBERT comes like this; so does what `optimum-cli export onnx` writes.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { SentimentLabel } from "../../../schemas/generated/types.js";
import type { SentimentCard } from "../../runtime/card.js";
import { ModelCardError, ModelIntegrityError } from "../../runtime/errors.js";
import { readInside } from "../../runtime/integrity.js";
import { sentimentLabelOf } from "../../runtime/sentiment-labels.js";
import { tokenizerConfigFile, tokenizerFile } from "../../runtime/sentiment-files.js";
import { newsRules } from "../../runtime/text-normalisation.js";

/** Precision of the weights, and the names that the hub gives such files. */
export const precisions = {
  q8: "model_quantized",
  int8: "model_int8",
  uint8: "model_uint8",
  fp16: "model_fp16",
  fp32: "model",
} as const;
export type Precision = keyof typeof precisions;

export interface HubModelOptions {
  readonly name: string;
  /** Default: the first twelve digits of the model file's hash. */
  readonly version?: string | undefined;
  /** Default: quantised if there is such a file, else fp32. */
  readonly precision?: Precision | undefined;
  /** Class of each output, where `config.json` does not name it; never guessed. */
  readonly labels?: readonly SentimentLabel[] | undefined;
  /** Longest input in tokens; default: 128, which no headline reaches, or what the model can take if that is less. */
  readonly maxTokens?: number | undefined;
  /** SHA-256 that the model file must have, as its publisher names it. */
  readonly sha256?: string | undefined;
}

export interface HubModel {
  readonly card: SentimentCard;
  /** Bytes of every file that the card names, by path relative to the directory. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export const configFile = "config.json";
const defaultTokens = 128;

const configSchema = z.looseObject({
  id2label: z.record(z.string(), z.string()).optional(),
  label2id: z.record(z.string(), z.number().int()).optional(),
  max_position_embeddings: z.number().int().positive().optional(),
  /** RoBERTa counts positions from behind the padding's. */
  pad_token_id: z.number().int().nullish(),
  model_type: z.string().optional(),
});
type HubConfig = z.infer<typeof configSchema>;

/** Whether a directory holds a model in the hub's layout rather than an artefact with its card. */
export const hasHubLayout = (directory: string): boolean =>
  existsSync(join(directory, configFile)) && !existsSync(join(directory, "model.json"));

/**
 * Its temperature is 1 and VADER has no weight in it: both are learned from labelled texts, see `calibrated`.
 *
 * @throws ModelCardError when a file is missing, or lacks what is needed
 * @throws ModelIntegrityError when the model file is not the one asked for
 */
export async function readHubModel(directory: string, options: HubModelOptions): Promise<HubModel> {
  const modelFile = findModelFile(directory, options.precision);
  const config = parse(configSchema, await read(directory, configFile), `${configFile} of ${directory}`);
  const names = [
    modelFile,
    tokenizerFile,
    ...[tokenizerConfigFile].filter((name) => existsSync(join(directory, name))),
  ];
  const files = new Map<string, Buffer>();
  for (const name of names) files.set(name, await read(directory, name));
  const hashes = Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)]));
  const modelHash = hashes[modelFile] ?? "";
  if (options.sha256 !== undefined && options.sha256 !== modelHash)
    throw new ModelIntegrityError(modelFile, options.sha256, modelHash);
  return {
    files,
    card: {
      name: options.name,
      version: options.version ?? modelHash.slice(0, 12),
      task: "sentiment",
      sha256: modelHash,
      modelFile,
      files: hashes,
      labels: [...(options.labels ?? labelsOf(config, directory))],
      maxTokens: Math.min(options.maxTokens ?? defaultTokens, longestInput(config, files.get(tokenizerConfigFile))),
      temperature: 1,
      blend: { transformer: 1 },
      textNormalisation: { rules: [...newsRules] },
    },
  };
}

/** @throws ModelCardError naming what was looked for */
function findModelFile(directory: string, precision: Precision | undefined): string {
  const wanted = precision === undefined ? Object.values(precisions) : [precisions[precision]];
  const candidates = wanted.flatMap((name) => [`onnx/${name}.onnx`, `${name}.onnx`]);
  const found = candidates.find((name) => existsSync(join(directory, name)));
  if (found === undefined) {
    throw new ModelCardError(
      `${directory} has none of ${candidates.join(", ")}: export it with \`optimum-cli export onnx --task text-classification\`, or take a repository that holds ONNX files`,
    );
  }
  if (existsSync(join(directory, `${found}_data`)))
    throw new ModelCardError(`${found} of ${directory} keeps its weights in ${found}_data: export it into one file`);
  return found;
}

/**
 * The class of each output by `id2label`; `label2id`, where it is there too, must agree.
 *
 * @throws ModelCardError when the three classes are not named, each once
 */
function labelsOf({ id2label, label2id }: HubConfig, directory: string): SentimentLabel[] {
  const byId = id2label ?? Object.fromEntries(Object.entries(label2id ?? {}).map(([name, id]) => [String(id), name]));
  const names = ["0", "1", "2"].map((id) => byId[id] ?? "");
  const labels = names.flatMap((name) => sentimentLabelOf(name) ?? []);
  const named = JSON.stringify(byId);
  if (Object.keys(byId).length !== 3 || new Set(labels).size !== 3) {
    throw new ModelCardError(
      `${configFile} of ${directory} does not name the classes negative, neutral and positive (${named}): give their order with --labels`,
    );
  }
  for (const [name, id] of Object.entries(label2id ?? {})) {
    if (byId[String(id)]?.toLowerCase() !== name.toLowerCase())
      throw new ModelCardError(
        `${configFile} of ${directory} contradicts itself: id2label ${named}, label2id ${JSON.stringify(label2id)}; give the order with --labels`,
      );
  }
  return labels;
}

/** Tokens that the model has positions for. */
function longestInput(config: HubConfig, tokenizerConfig: Buffer | undefined): number {
  const isRoberta = /roberta/i.test(config.model_type ?? "");
  const positions = (config.max_position_embeddings ?? 512) - (isRoberta ? (config.pad_token_id ?? 1) + 1 : 0);
  const schema = z.looseObject({ model_max_length: z.number().positive().optional() });
  const declared = tokenizerConfig && parse(schema, tokenizerConfig, tokenizerConfigFile).model_max_length;
  return Math.min(positions, declared ?? positions);
}

async function read(directory: string, name: string): Promise<Buffer> {
  try {
    return await readInside(directory, name);
  } catch (error) {
    throw new ModelCardError(`${name} of ${directory} cannot be read: ${String(error)}`, { cause: error });
  }
}

function parse<Content>(schema: z.ZodType<Content>, bytes: Buffer, source: string): Content {
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new ModelCardError(`${source} is not JSON: ${String(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new ModelCardError(`${source}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
