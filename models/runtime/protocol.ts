/** Messages between a pool and its workers. */
import type { ModelCard } from "./card.js";
import type { NativeGate } from "./native-gate.js";
import type { ExecutionProvider } from "./providers.js";

/** What an inference worker gets at its start: it loads the files as this card describes them. */
export interface InferenceWorkerStart {
  readonly directory: string;
  readonly card: ModelCard;
  readonly providers: readonly ExecutionProvider[];
  readonly gate: NativeGate;
}

export type ToWorker<Request> =
  | { readonly kind: "run"; readonly job: number; readonly request: Request }
  /** Finish what is running, release the session and exit. */
  | { readonly kind: "close" };

export type FromWorker<Result> =
  /** Loaded, checked and warmed up. */
  | { readonly kind: "ready" }
  /** It cannot be loaded; the worker exits. */
  | { readonly kind: "unfit"; readonly error: Error }
  | { readonly kind: "done"; readonly job: number; readonly result: Result }
  /** The input is at fault: any worker would refuse it. */
  | { readonly kind: "refused"; readonly job: number; readonly reason: string }
  /** The session failed: the worker is not to be trusted with anything more. */
  | { readonly kind: "failed"; readonly job: number; readonly reason: string };
