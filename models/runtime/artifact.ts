/** From an artefact's directory to a pool of workers that serve it. */
import { Worker } from "node:worker_threads";
import type { ModelTask } from "../tasks.js";
import { readModelCard, type CardOf, type ModelCard } from "./card.js";
import { ModelCardError, ModelIntegrityError } from "./errors.js";
import { readVerified } from "./integrity.js";
import { forgetGate, openGate } from "./native-gate.js";
import type { InferenceWorkerStart } from "./protocol.js";
import type { ExecutionProvider } from "./providers.js";
import { WorkerPool, type PoolWorker } from "./worker-pool.js";

/** How a model is loaded, and what it is checked against. */
export interface LoadOptions {
  /** Worker threads, each with a session of its own. */
  readonly workers?: number;
  /** SHA-256 that the model file must have, e.g. the registry's: the card beside the file may have been changed with it. */
  readonly sha256?: string;
  /** What describes the files in place of `model.json`, for a model that is not an artefact yet. */
  readonly card?: ModelCard;
  /** Where a transformer runs; default: on the processor. */
  readonly providers?: readonly ExecutionProvider[];
  /** After this time on one request a worker counts as hung. */
  readonly jobTimeoutMs?: number;
  /** Starts a worker; tests put their own here. */
  readonly startWorker?: (artifact: ArtifactToLoad) => PoolWorker;
}

/** A model that holds threads until it is closed. */
export interface Closable {
  /** Finishes what is running and leaves nothing running. */
  close(): Promise<void>;
}

/**
 * The card of an artefact for one of the tasks, after every one of its files was checked.
 *
 * @param expected what the caller has from elsewhere, which goes before the file beside the model
 * @throws ModelCardError when the card is missing, wrong, or of another task
 * @throws ModelIntegrityError when a file is not the one that the card, or the caller, names
 */
export async function checkArtifact<Task extends ModelTask>(
  directory: string,
  tasks: readonly Task[],
  { sha256, card: given }: Pick<LoadOptions, "sha256" | "card"> = {},
): Promise<CardOf<Task>> {
  const card = given ?? (await readModelCard(directory));
  if (!(tasks as readonly string[]).includes(card.task))
    throw new ModelCardError(`the model of ${directory} is for ${card.task}, not for ${tasks.join(", ")}`);
  if (sha256 !== undefined && sha256 !== card.sha256)
    throw new ModelIntegrityError(card.modelFile, sha256, card.sha256);
  for (const [path, hash] of Object.entries(card.files)) await readVerified(directory, path, hash);
  return card as CardOf<Task>;
}

/** What each worker loads. */
export type ArtifactToLoad = Pick<InferenceWorkerStart, "directory" | "card" | "providers">;

/** Workers that have loaded the artefact. They check the bytes once more, since each reads the files for itself. */
export function startInferencePool<Request, Result>(
  artifact: ArtifactToLoad,
  size: number,
  options: LoadOptions,
): Promise<WorkerPool<Request, Result>> {
  const startWorker = options.startWorker ?? startInferenceWorker;
  return WorkerPool.start<Request, Result>({
    size,
    start: () => startWorker(artifact),
    ...(options.jobTimeoutMs === undefined ? {} : { jobTimeoutMs: options.jobTimeoutMs }),
  });
}

/** A worker thread that loads the artefact. */
export function startInferenceWorker({ directory, card, providers }: ArtifactToLoad): Worker {
  const gate = openGate();
  const workerData: InferenceWorkerStart = { directory, card, providers, gate };
  const worker = new Worker(new URL("./inference-worker.js", import.meta.url), {
    name: `newstape-${card.task}`,
    workerData,
    // Flags of the process may be none for a thread, e.g. `--input-type`.
    execArgv: [],
  });
  return worker.once("exit", () => forgetGate(gate));
}
