/**
 * A fault that will pass (a worker died, the registry does not answer): the batch is tried again, never rejected. Whoever
 * decodes, infers or processes may throw it; it has no reject code.
 */
export class TransientError extends Error {
  override readonly name = "TransientError";
}
