import type { Consumer } from "kafkajs";

/** Between two looks, and how many of them in a row may find nothing: three minutes, longer than any of KafkaJS's retries. */
const defaults = { everyMs: 5000, looks: 36 };

/**
 * Reports when a consumer has fallen silent for good. A connection that closes at the wrong moment can leave KafkaJS waiting
 * for an answer that never comes, with no timer behind it: it neither fetches nor crashes then. Looks are counted
 * rather than seconds, so that a process that was stopped and goes on does not count as one that fell silent.
 *
 * @returns the end of watching
 */
export function watchSigns(
  { on, events }: Pick<Consumer, "on" | "events">,
  onSilent: (error: Error) => void,
  { everyMs, looks } = defaults,
): () => void {
  let isAlive = true;
  let silent = 0;
  const signs = [
    events.FETCH_START,
    events.FETCH,
    events.HEARTBEAT,
    events.GROUP_JOIN,
    events.REBALANCING,
    events.CRASH,
    events.REQUEST,
  ] as const;
  // KafkaJS declares one signature for each event.
  const listen = on as (event: string, listener: () => void) => () => void;
  const removals = signs.map((event) => listen(event, () => (isAlive = true)));
  const looking = setInterval(() => {
    silent = isAlive ? 0 : silent + 1;
    isAlive = false;
    if (silent !== looks) return;
    stop();
    onSilent(new Error(`the consumer has given no sign of life for ${(silent * everyMs) / 1000} s`));
  }, everyMs);
  looking.unref();
  const stop = (): void => {
    clearInterval(looking);
    for (const remove of removals) remove();
  };
  return stop;
}
