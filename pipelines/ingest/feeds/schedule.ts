import { feedLimits } from "./limits.js";

export interface Schedule {
  /** Wanted time between two polls of a feed, ms. */
  readonly interval: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Wait after a poll that went well: the interval, or longer where the feed sets a longer validity; up to a tenth more, so
 * that feeds that were begun together are not fetched together for ever.
 *
 * @param timeToLive validity that the feed or its server sets, ms
 */
export function waitAfterSuccess({ interval, random }: Schedule, timeToLive: number | undefined): number {
  const least = Math.max(interval, Math.min(timeToLive ?? 0, feedLimits.longestWait));
  return Math.round(least * (1 + 0.1 * random()));
}

/**
 * Wait after the n-th failure in a row: doubled each time, half of it at random ("equal jitter", M. Brooker, Exponential
 * Backoff And Jitter, 2015), and at least what the server set.
 */
export function waitAfterFailure(
  { interval, random }: Schedule,
  failures: number,
  retryAfter: number | undefined,
): number {
  const ceiling = Math.min(interval * 2 ** Math.min(failures, 20), Math.max(feedLimits.longestBackOff, interval));
  return Math.round(Math.max(ceiling * (0.5 + 0.5 * random()), Math.min(retryAfter ?? 0, feedLimits.longestWait)));
}
