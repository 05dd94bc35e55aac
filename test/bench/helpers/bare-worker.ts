import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { readModelCard } from "../../../models/runtime/card.js";
import { sessionOptions } from "../../../models/runtime/model-session.js";
import { tokenizerConfigFile, tokenizerFile } from "../../../models/runtime/sentiment-files.js";
import { textNormaliser } from "../../../models/runtime/text-normalisation.js";
import { createTokenizer } from "../../../models/runtime/tokenizer.js";

const { directory, texts, counter } = workerData as {
  readonly directory: string;
  readonly texts: readonly string[];
  readonly counter: SharedArrayBuffer;
};
const card = await readModelCard(directory);
if (card.task !== "sentiment" || !parentPort) throw new Error("bare-worker reads sentiment in a worker thread");
const { maxTokens } = card;
const normalise = textNormaliser(card.textNormalisation.rules);
const tokenizer = createTokenizer(
  await readFile(join(directory, tokenizerFile)),
  tokenizerConfigFile in card.files ? await readFile(join(directory, tokenizerConfigFile)) : undefined,
);
const session = await InferenceSession.create(await readFile(join(directory, card.modelFile)), sessionOptions);

async function run(text: string): Promise<void> {
  const ids = tokenizer.encode(normalise(text)).ids.slice(0, maxTokens);
  const tokens = BigInt64Array.from(ids, BigInt);
  const shape = [1, tokens.length];
  const inputs: Record<string, BigInt64Array> = {
    input_ids: tokens,
    attention_mask: new BigInt64Array(tokens.length).fill(1n),
    token_type_ids: new BigInt64Array(tokens.length),
  };
  await session.run(
    Object.fromEntries(session.inputNames.map((name) => [name, new Tensor("int64", inputs[name] ?? tokens, shape)])),
  );
}

for (const text of texts.slice(0, 200)) await run(text);
parentPort.postMessage("ready");
await once(parentPort, "message");
const next = new Int32Array(counter);
for (let index = Atomics.add(next, 0, 1); index < texts.length; index = Atomics.add(next, 0, 1)) {
  await run(texts[index] ?? "");
}
parentPort.postMessage("done");
parentPort.close();
