/** The features operator over plain arrays: what training data is exported with. There is no second implementation. */
import type { Bar, FeaturesState, FeatureVector, NewsSentiment } from "../../schemas/generated/types.js";
import type { Input, KeyedState, Outcome } from "../operator.js";
import { features, type FeaturesServices } from "./operator.js";

export type FeatureEvent = Input<"market.bars" | "news.sentiment">;

/**
 * Merges bars and sentiments as a backfill of the stage does: by availableAt, bars before sentiments of the same time.
 *
 * @param bars in the order of their log; one that is known later than those after it holds them up, as it would there
 * @param sentiments in any order: a backfill sorts them by (asOf, id)
 */
export function* mergeEvents(bars: Iterable<Bar>, sentiments: Iterable<NewsSentiment>): Generator<FeatureEvent> {
  const sorted = [...sentiments].sort((a, b) => a.asOf - b.asOf || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  let next = 0;
  for (const bar of bars) {
    for (let article = sorted[next]; article && article.asOf < bar.availableAt; article = sorted[++next]) {
      yield { topic: "news.sentiment", record: article };
    }
    yield { topic: "market.bars", record: bar };
  }
  for (; next < sorted.length; next += 1) {
    const article = sorted[next];
    if (article) yield { topic: "news.sentiment", record: article };
  }
}

/**
 * The vectors that the stage would publish for these events.
 *
 * @param events merged by (availableAt, bars before sentiments, id): see `mergeEvents`
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

/** Keyed state without batches: every write counts at once. */
class PlainState<Value> extends Map<string, Value> implements KeyedState<Value> {}
