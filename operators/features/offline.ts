/** The features operator over plain arrays: what training data is exported with. There is no second implementation. */
import type { FeaturesState, FeatureVector, MarketContext } from "../../schemas/generated/types.js";
import type { Bar, NewsSentiment } from "../../schemas/generated/types.js";
import type { Input, Outcome } from "../operator.js";
import { PlainState } from "../plain-state.js";
import { features, type FeaturesInput, type FeaturesServices } from "./operator.js";

export type FeatureEvent = Input<FeaturesInput>;

/**
 * Merges inputs as a backfill of the stage does: by availableAt, at the same time bars before cross-sections before
 * sentiments.
 *
 * @param bars in the order of their log; one that is known later than those after it holds them up, as it would there
 * @param sentiments in any order: a backfill sorts them by (asOf, id)
 * @param contexts in the order of their log
 */
export function* mergeEvents(
  bars: Iterable<Bar>,
  sentiments: Iterable<NewsSentiment>,
  contexts: Iterable<MarketContext> = [],
): Generator<FeatureEvent> {
  const sorted = [...sentiments].sort((a, b) => a.asOf - b.asOf || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const queues = [
    cursor("market.bars", bars, ({ availableAt }) => availableAt),
    cursor("market.context", contexts, ({ asOf }) => asOf),
    cursor("news.sentiment", sorted, ({ asOf }) => asOf),
  ];
  for (;;) {
    let first = queues[0];
    for (const queue of queues) if (first && queue.time < first.time) first = queue;
    if (!first?.event) return;
    yield first.event;
    first.advance();
  }
}

interface Cursor {
  /** Infinity at the end. */
  time: number;
  event: FeatureEvent | undefined;
  advance(): void;
}

function cursor<Record>(
  topic: FeaturesInput,
  records: Iterable<Record>,
  availableAt: (record: Record) => number,
): Cursor {
  const iterator = records[Symbol.iterator]();
  const made: Cursor = {
    time: Infinity,
    event: undefined,
    advance: () => {
      const next = iterator.next();
      made.event = next.done ? undefined : ({ topic, record: next.value } as FeatureEvent);
      made.time = next.done ? Infinity : availableAt(next.value);
    },
  };
  made.advance();
  return made;
}

/**
 * The vectors that the stage would publish for these events.
 *
 * @param events merged as `mergeEvents` does
 * @param onOther called with whatever gave no vector: joined, a duplicate, rejected
 */
export function computeFeatures(
  events: Iterable<FeatureEvent>,
  services: FeaturesServices,
  onOther?: (event: FeatureEvent, outcome: Exclude<Outcome<"features">, { kind: "emit" }>) => void,
): FeatureVector[] {
  const state = new PlainState<FeaturesState>();
  const vectors: FeatureVector[] = [];
  for (const event of events) {
    const [outcome] = features.process([event], state, services);
    if (outcome?.kind === "emit") vectors.push(...outcome.records.map(({ record }) => record));
    else if (outcome) onOther?.(event, outcome);
  }
  return vectors;
}
