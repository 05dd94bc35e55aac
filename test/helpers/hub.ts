/** A model in the hub's layout, made of the encoder that ships with the package, and a hub that serves it. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { bundledModel } from "../models/runtime/artefacts.js";

/** Not the order of the encoder's outputs, on purpose: whoever assumes an order gets other numbers. */
export const shuffled = { "0": "Positive", "1": "negative", "2": "NEUTRAL" };

export const hubConfig = {
  architectures: ["BertForSequenceClassification"],
  model_type: "bert",
  hidden_size: 384,
  num_attention_heads: 12,
  num_hidden_layers: 3,
  vocab_size: 16_000,
  max_position_embeddings: 64,
  id2label: shuffled as Record<string, string> | undefined,
  label2id: { Positive: 0, negative: 1, NEUTRAL: 2 } as Record<string, number> | undefined,
};

/** A directory of its own, removed after the test. */
export function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "newstape-hub-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** @param modelFile the path of its ONNX file */
export function hubModel(
  t: TestContext,
  config: object = hubConfig,
  modelFile = "onnx/model_quantized.onnx",
  parent = scratch(t),
): string {
  const directory = join(parent, "Tiny FinBERT");
  mkdirSync(dirname(join(directory, modelFile)), { recursive: true });
  const bundled = bundledModel("sentiment");
  cpSync(join(bundled, "model.onnx"), join(directory, modelFile));
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) cpSync(join(bundled, name), join(directory, name));
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  return directory;
}

export interface TestHub {
  readonly url: string;
  /** Paths that were requested and found, in their order. */
  readonly served: string[];
}

/** Serves the directory as the revision of the repository, as the hub does: /id/resolve/revision/file. */
export async function serveHub(t: TestContext, directory: string, id: string, revision: string): Promise<TestHub> {
  const served: string[] = [];
  const prefix = `/${id}/resolve/${revision}/`;
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    const send = async (): Promise<void> => {
      if (!path.startsWith(prefix)) throw new Error("not found");
      const bytes = await readFile(join(directory, path.slice(prefix.length)));
      served.push(path.slice(prefix.length));
      response.writeHead(200, { "content-length": bytes.length }).end(request.method === "HEAD" ? undefined : bytes);
    };
    send().catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, served };
}
