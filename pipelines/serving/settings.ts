import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { executionProviders, type ExecutionProvider } from "../../models/runtime/providers.js";
import { packageRoot } from "../../schemas/files.js";
import { count, declareSettings, names } from "../runtime/settings.js";

/** How models are served, whatever their task. */
export interface ServingSettings {
  readonly artifactDirectory: string;
  /** Threads of a transformer. */
  readonly workers: number;
  /** Where transformers run, in order of preference. */
  readonly providers: readonly ExecutionProvider[];
}

export const servingSettings = declareSettings(
  {
    NEWSTAPE_ARTIFACTS: z
      .string()
      .optional()
      .describe("Directory of the model artefacts; unset: those of the package."),
    NEWSTAPE_WORKERS: count.min(1).max(256).optional().describe("Inference worker threads; unset: one a core."),
    NEWSTAPE_ONNX_PROVIDERS: names("cpu")
      .pipe(z.array(z.enum(executionProviders)))
      .describe("Where transformers run, in order of preference: cpu, cuda, tensorrt, coreml, dml, webgpu."),
  },
  ({ NEWSTAPE_ARTIFACTS, NEWSTAPE_WORKERS, NEWSTAPE_ONNX_PROVIDERS }): ServingSettings => ({
    artifactDirectory: NEWSTAPE_ARTIFACTS ? resolve(NEWSTAPE_ARTIFACTS) : join(packageRoot, "models", "artifacts"),
    workers: NEWSTAPE_WORKERS ?? availableParallelism(),
    providers: NEWSTAPE_ONNX_PROVIDERS,
  }),
);
