/** Loads an artefact for its task, whichever that is. */
import { tasks, type KindOf, type ModelKind, type ModelTask } from "../tasks.js";
import type { Closable, LoadOptions } from "./artifact.js";
import { loadSentimentClassifier, type LoadedSentimentClassifier } from "./sentiment-classifier.js";
import type { TaskModels } from "./types.js";
import { loadVectorScorer, type LoadedVectorScorer } from "./vector-scorer.js";

interface LoadedByKind {
  readonly text: LoadedSentimentClassifier;
  readonly vector: LoadedVectorScorer;
}

export type LoadedModel<Task extends ModelTask = ModelTask> = LoadedByKind[KindOf<Task>];

/** What routers hand out: a model of any task that holds threads. */
export type ServedModel = TaskModels[ModelTask] & Closable;

/** Threads, providers and a time-out are a transformer's: a row of a tree ensemble takes microseconds. */
export type ModelOptions = Pick<LoadOptions, "sha256" | "workers" | "providers" | "jobTimeoutMs">;

type Load<Loaded> = (directory: string, options: ModelOptions) => Promise<Loaded>;
const loaders: { readonly [Kind in ModelKind]: Load<LoadedByKind[Kind]> } = {
  text: loadSentimentClassifier,
  vector: (directory, { sha256 }) => loadVectorScorer(directory, sha256 === undefined ? {} : { sha256 }),
};

/**
 * @param directory the artefact's directory, with `model.json`
 * @throws ModelCardError, ModelIntegrityError before anything is loaded
 */
export const loadModel = <Task extends ModelTask>(
  task: Task,
  directory: string,
  options: ModelOptions = {},
): Promise<LoadedModel<Task>> => (loaders[tasks[task].kind] as Load<LoadedModel<Task>>)(directory, options);
