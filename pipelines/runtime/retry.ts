import { pause } from "./pause.js";

/** Pauses between tries: `firstMs`, twice that, and so on up to `mostMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** @param retry counted from 1 */
export const waitBefore = (retry: number, { firstMs, mostMs }: Backoff): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(retry - 1, 30));

export interface RetryOptions {
  readonly backoff: Backoff;
  /** Whether another try may succeed after this error. @param failures how many there were in a row, this one included */
  readonly isPassing: (error: unknown, failures: number) => boolean;
  /** Ends the tries, and the pause before the next one: the last error is thrown. */
  readonly signal?: AbortSignal;
}

/** Tries until it succeeds, or fails for good. @throws the last error */
export async function retrying<Result>(
  attempt: () => Promise<Result>,
  { backoff, isPassing, signal }: RetryOptions,
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal?.aborted || !isPassing(error, failures)) throw error;
      await pause(waitBefore(failures, backoff), signal);
      if (signal?.aborted) throw error;
    }
  }
}
