import { setTimeout as sleep } from "node:timers/promises";

/** Waits so long, or until the signal. What the signal means is for the caller to look at: the wait ends in either case. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
