import { setTimeout as sleep } from "node:timers/promises";
import { retry } from "./client.js";

/** Between two lives of a consumer: KafkaJS would begin the next one within 5 ms, while the broker is still coming back. */
const pauseMs = 300;

/**
 * A consumer never gives up on a broker that is away; the process decides when it has waited long enough.
 *
 * @param isStopped true after a stop: nothing is restarted then
 */
export const restarting = (isStopped: () => boolean) => ({
  ...retry,
  restartOnFailure: async (): Promise<boolean> => {
    if (!isStopped()) await sleep(pauseMs);
    return !isStopped();
  },
});
