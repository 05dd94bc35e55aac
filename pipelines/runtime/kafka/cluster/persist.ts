import { setTimeout as sleep } from "node:timers/promises";

/**
 * 5, 10, 20 … 500 ms. The first is short because the broker answers CONCURRENT_TRANSACTIONS to every other transaction while
 * it completes the one before, which takes a few milliseconds.
 */
export const pauseBefore = (attempt: number): Promise<void> => sleep(Math.min(500, 5 * 2 ** Math.min(attempt, 10)));

/**
 * Tries again, with pauses, while `isPassing` says so of the error and the time is not up.
 *
 * @param withinMs from now; the last error is thrown then
 */
export async function persist<Result>(
  attempt: () => Promise<Result>,
  isPassing: (error: unknown) => boolean,
  withinMs: number,
): Promise<Result> {
  const deadline = performance.now() + withinMs;
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error;
    }
    await pauseBefore(tries);
  }
}
