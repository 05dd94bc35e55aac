/** Where ONNX Runtime computes. */
export const executionProviders = ["cpu", "cuda", "tensorrt", "coreml", "dml", "webgpu"] as const;
export type ExecutionProvider = (typeof executionProviders)[number];

export const defaultProviders: readonly ExecutionProvider[] = ["cpu"];
