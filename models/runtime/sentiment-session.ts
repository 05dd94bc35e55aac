/** Runs inside a worker: texts → tokens → logits → calibrated probabilities. */
import { Tensor } from "onnxruntime-node";
import type { SentimentCard } from "./card.js";
import { ModelInputError } from "./errors.js";
import { readVerified } from "./integrity.js";
import { createSession, type ModelSession } from "./model-session.js";
import type { ExecutionProvider } from "./providers.js";
import { tokenizerConfigFile, tokenizerFile } from "./sentiment-files.js";
import { textEncoder } from "./text-encoder.js";
import { createTokenizer } from "./tokenizer.js";

/** Order of the classes in a session's results, whatever the model's own order is. */
export const classOrder = ["negative", "neutral", "positive"] as const;

/** A request is a list of texts; the result has the three classes' probabilities of each text, one after another. */
export type SentimentSession = ModelSession<readonly string[], Float64Array>;

/** @throws ModelIntegrityError when a file does not match the card */
export async function openSentimentSession(
  directory: string,
  card: SentimentCard,
  providers: readonly ExecutionProvider[],
): Promise<SentimentSession> {
  const read = (path: string) => readVerified(directory, path, card.files[path] ?? "a SHA-256 in the card");
  const tokenizer = createTokenizer(
    await read(tokenizerFile),
    tokenizerConfigFile in card.files ? await read(tokenizerConfigFile) : undefined,
  );
  const session = await createSession(await read(card.modelFile), providers);
  const outputName = session.outputNames[0] ?? "";
  const encode = textEncoder(tokenizer, card);

  /** One text a run: dynamic int8 quantisation scales over all that is in a run, so batch mates would change labels. */
  const classify = async (tokens: BigInt64Array, target: Float64Array, offset: number): Promise<void> => {
    const shape = [1, tokens.length];
    const tensors: Record<string, () => BigInt64Array> = {
      input_ids: () => tokens,
      attention_mask: () => new BigInt64Array(tokens.length).fill(1n),
      token_type_ids: () => new BigInt64Array(tokens.length),
    };
    const feeds: Record<string, Tensor> = {};
    for (const name of session.inputNames) {
      const data = tensors[name];
      if (data === undefined) throw new Error(`the model has an unknown input ${name}`);
      feeds[name] = new Tensor("int64", data(), shape);
    }
    const output = (await session.run(feeds))[outputName];
    const logits = output?.data;
    if (!(logits instanceof Float32Array) || logits.length !== classOrder.length)
      throw new Error(`the model's output has the shape [${output?.dims.join(", ")}] rather than [1, 3]`);
    const probabilities = softmax(logits, card.temperature);
    if (!probabilities.every(Number.isFinite)) throw new Error("the model's output is not finite");
    card.labels.forEach((label, index) => {
      target[offset + classOrder.indexOf(label)] = probabilities[index] ?? 0;
    });
  };

  const run = async (texts: readonly string[]): Promise<Float64Array> => {
    const result = new Float64Array(texts.length * classOrder.length);
    for (const [index, text] of texts.entries()) {
      const tokens = asInput(() => BigInt64Array.from(encode(text), BigInt));
      await classify(tokens, result, index * classOrder.length);
    }
    return result;
  };

  return {
    run,
    warmUp: async () => void (await run(["Shares rise after quarterly results"])),
    release: () => session.release(),
  };
}

/** Preparing an input depends on nothing but the input: whatever fails there is its fault, not the session's. */
function asInput<Value>(prepare: () => Value): Value {
  try {
    return prepare();
  } catch (error) {
    throw new ModelInputError(String(error), { cause: error });
  }
}

function softmax(logits: Float32Array, temperature: number): number[] {
  const highest = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp((logit - highest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
