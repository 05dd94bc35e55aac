import { InferenceSession } from "onnxruntime-node";
import { defaultProviders, type ExecutionProvider } from "./providers.js";

/** One loaded model inside a worker. */
export interface ModelSession<Request, Result> {
  /** @throws ModelInputError when the request itself cannot be served; anything else counts as a broken session */
  run(request: Request): Promise<Result>;
  /** Checks the model's shape with one run, so that the first request finds it warm. */
  warmUp(): Promise<void>;
  release(): Promise<void>;
}

/**
 * One thread a session: parallelism comes from several workers, which is faster for small models (1,288 against 1,021
 * headlines/s on two cores), and a sum that is split over threads would depend on their number.
 */
export const sessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
} as const satisfies InferenceSession.SessionOptions;

/**
 * @param model bytes whose hash was checked
 * @throws Error naming the providers when ONNX Runtime of this machine cannot use them
 */
export async function createSession(
  model: Buffer,
  providers: readonly ExecutionProvider[] = defaultProviders,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, { ...sessionOptions, executionProviders: [...providers] });
  } catch (error) {
    if (providers.every((provider) => provider === "cpu")) throw error;
    throw new Error(`ONNX Runtime cannot open the model with ${providers.join(", ")}: ${String(error)}`, {
      cause: error,
    });
  }
}
