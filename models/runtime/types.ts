/**
 * The narrow interfaces through which operators use models. Implementations run in worker threads; tests use
 * recording fakes.
 */
import type { ModelReference, SentimentProbabilities } from "../../schemas/generated/types.js";
import type { KindOf, ModelTask } from "../tasks.js";

/** A transformer that classifies texts. */
export interface SentimentClassifier {
  readonly model: ModelReference;
  /** Weight of the transformer in the blend with VADER, in [0, 1]; from the model's card. */
  readonly blendWeight: number;
  /**
   * Calibrated probabilities of each text; null for one that it could not read, for which VADER is to stand in. A text's
   * result does not depend on the other texts.
   *
   * @throws TransientError when no worker could do it
   */
  classify(texts: readonly string[]): Promise<readonly (SentimentProbabilities | null)[]>;
}

/** A tree ensemble that scores feature vectors. */
export interface VectorScorer {
  readonly model: ModelReference;
  /** Feature set it was trained on. */
  readonly featureSet: string;
  /** Quantile levels of the values; empty when a row gives one value that is no quantile. */
  readonly levels: readonly number[];
  /** Symbols that it was trained on; left out where its card does not tell. */
  readonly trainedOn?: ReadonlySet<string> | undefined;
  /**
   * @param rows feature vectors, each of the feature set's length
   * @returns per row `max(1, levels.length)` values. A row's result does not depend on the other rows.
   * @throws TransientError when no worker could do it
   */
  score(rows: readonly (readonly number[])[]): Promise<readonly (readonly number[])[]>;
}

/** What a model of each kind can do. */
interface ModelsByKind {
  readonly text: SentimentClassifier;
  readonly vector: VectorScorer;
}

/** What serves each task. */
export type TaskModels = { readonly [Task in ModelTask]: ModelsByKind[KindOf<Task>] };

/** The arm and model that serve a symbol: sticky by symbol. `model` is undefined when none is available (degraded). */
export interface Routed<Model> {
  readonly arm: string;
  readonly model: Model | undefined;
  /** The arm is one without a model: rules alone (VADER) are intended, and nothing is degraded. */
  readonly rulesAlone?: boolean;
}

/** Which model serves a symbol on one task. */
export interface ModelRouter<Task extends ModelTask> {
  readonly task: Task;
  pick(symbol: string): Routed<TaskModels[Task]>;
  /** Called around what rules alone read of a batch, so that whoever runs the operator may time it; absent: it is not timed. */
  aroundRules?<Result>(read: () => Result): Result;
}

/** The routers of the tasks that a stage names. */
export type ModelRouters<Tasks extends ModelTask> = { readonly [Task in Tasks]: ModelRouter<Task> };
