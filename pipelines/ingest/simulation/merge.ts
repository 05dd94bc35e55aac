import type { SimulatedMinute } from "./minute.js";

/**
 * The minutes of several markets in the order of time, those of one moment as one. An article goes out with the first bars
 * that close at its time or later, whichever market they are of.
 *
 * @param markets each in the order of time, with each article after the bars before it
 * @param placeOf by which the bars of one moment are sorted
 */
export function* mergeMinutes(
  markets: readonly Iterator<SimulatedMinute, void>[],
  placeOf: (symbol: string) => number,
): Generator<SimulatedMinute, void, undefined> {
  let heads = markets.flatMap(headOf);
  while (heads.length > 0) {
    const time = Math.min(...heads.map(({ minute }) => minute.time));
    const now = heads.filter(({ minute }) => minute.time === time);
    const bars = now.flatMap(({ minute }) => minute.bars);
    if (now.length > 1) bars.sort((one, other) => placeOf(one.symbol) - placeOf(other.symbol));
    const articles = heads.flatMap((head) => articlesUntil(head, time));
    yield { time, bars, articles: articles.sort((one, other) => one.eventTime - other.eventTime) };
    heads = heads.flatMap((head) => (head.minute.time === time ? headOf(head.rest) : [head]));
  }
}

/** A market's next minute. */
interface Head {
  readonly minute: SimulatedMinute;
  /** Articles of that minute that went out with bars of other markets. */
  sent: number;
  readonly rest: Iterator<SimulatedMinute, void>;
}

function headOf(rest: Iterator<SimulatedMinute, void>): Head[] {
  const next = rest.next();
  return next.done ? [] : [{ minute: next.value, sent: 0, rest }];
}

function articlesUntil(head: Head, time: number): SimulatedMinute["articles"] {
  const waiting = head.minute.articles.slice(head.sent);
  const later = waiting.findIndex(({ eventTime }) => eventTime > time);
  const ready = later < 0 ? waiting : waiting.slice(0, later);
  head.sent += ready.length;
  return ready;
}
