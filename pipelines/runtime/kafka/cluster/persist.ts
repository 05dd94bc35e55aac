import { pause } from "../../pause.js";
import { retrying, waitBefore } from "../../retry.js";

/**
 * The first is short because the broker answers CONCURRENT_TRANSACTIONS to every other transaction while it completes the one
 * before, which takes a few milliseconds.
 */
const backoff = { firstMs: 5, mostMs: 500 };

/** @param attempt from 0 on */
export const pauseBefore = (attempt: number): Promise<void> => pause(waitBefore(attempt + 1, backoff));

/**
 * Tries again, with pauses, while `isPassing` holds for the error and the time is not up.
 *
 * @param withinMs from now; the last error is thrown then
 */
export async function persist<Result>(
  attempt: () => Promise<Result>,
  isPassing: (error: unknown) => boolean,
  withinMs: number,
): Promise<Result> {
  const deadline = performance.now() + withinMs;
  return retrying(attempt, { backoff, isPassing: (error) => isPassing(error) && performance.now() <= deadline });
}
