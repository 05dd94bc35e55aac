/** A model from the hub, into a directory of ours: by transformers.js, which the rest of the project does without. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ModelCardError } from "../../runtime/errors.js";
import { tokenizerFile } from "../../runtime/sentiment-files.js";
import { configFile, precisions, type Precision } from "./hub-layout.js";

export interface HubDownload {
  /** Repository on the hub, e.g. `Xenova/finbert`. */
  readonly id: string;
  /** Commit, tag or branch. A commit pins the files; a branch is whatever it is today. */
  readonly revision: string;
  readonly precision: Precision;
  /** Where files are kept; what is there already is not fetched again. */
  readonly cacheDirectory: string;
  /** Another hub, or a mirror. */
  readonly host?: string | undefined;
  /** Called with the file on its way and its progress, in percent. */
  readonly onProgress?: (file: string, percent: number) => void;
}

/** What a repository on the hub is called. */
export const isHubId = (text: string): boolean => /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/.test(text);

/** A name of Git's that is also a safe folder name. */
export const isRevision = (text: string): boolean => /^[A-Za-z0-9][\w.-]{0,99}$/.test(text);

const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/**
 * Downloads tokenizer, configuration and ONNX file, and opens the model once.
 *
 * @returns the directory that holds them, in the hub's layout
 * @throws RangeError when id or revision is none
 * @throws ModelCardError when the hub does not answer or lacks a file
 */
export async function downloadHubModel(options: HubDownload): Promise<string> {
  const { id, revision, precision, cacheDirectory, host, onProgress } = options;
  if (!isHubId(id)) throw new RangeError(`${JSON.stringify(id)} is not the name of a repository: owner/name`);
  if (!isRevision(revision)) throw new RangeError(`${JSON.stringify(revision)} is not a commit, tag or branch`);
  // The library files what belongs to the default branch one level higher.
  const directory = join(cacheDirectory, ...id.split("/"), ...(revision === "main" ? [] : [revision]));
  const files = [configFile, tokenizerFile, `onnx/${precisions[precision]}.onnx`];
  // A commit never changes: with all of it there, no request is needed.
  if (isCommit(revision) && files.every((name) => existsSync(join(directory, name)))) return directory;
  // Loaded on demand: it brings an image library and a second runtime along.
  const { AutoModelForSequenceClassification, AutoTokenizer, env } = await import("@xenova/transformers");
  env.allowLocalModels = false;
  env.cacheDir = cacheDirectory;
  // In place of {revision}: the library (4.3.2) asks the default branch whether there is a tokenizer, whatever is pinned.
  env.remotePathTemplate = `{model}/resolve/${encodeURIComponent(revision)}/`;
  if (host !== undefined) env.remoteHost = host.endsWith("/") ? host : `${host}/`;
  const request = {
    revision,
    cache_dir: cacheDirectory,
    progress_callback: (info: { status: string; file?: string; progress?: number }) => {
      if (info.status === "progress" && info.file !== undefined) onProgress?.(info.file, info.progress ?? 0);
    },
  };
  try {
    await AutoTokenizer.from_pretrained(id, request);
    const model = await AutoModelForSequenceClassification.from_pretrained(id, {
      ...request,
      device: "cpu",
      dtype: precision,
    });
    await model.dispose();
  } catch (error) {
    throw new ModelCardError(
      `${id} (revision ${revision}, ${precision}) cannot be fetched from ${env.remoteHost}: ${String(error)}`,
      { cause: error },
    );
  }
  return directory;
}
