/** The features operator over plain events, one at a time. */
import type { FeaturesState, FeatureVector } from "../../../schemas/generated/types.js";
import type { Input, Outcome } from "../../../operators/operator.js";
import { PlainState } from "../../../operators/plain-state.js";
import { features, type FeaturesInput, type FeaturesServices } from "../../../operators/features/operator.js";
import { mergeInputs } from "../../../operators/merge.js";
import type { Bar, MarketContext, NewsSentiment } from "../../../schemas/generated/types.js";

export type FeatureEvent = Input<FeaturesInput>;

/** In the order in which the stage takes them. */
export const mergeEvents = (
  bars: readonly Bar[],
  sentiments: readonly NewsSentiment[],
  contexts: readonly MarketContext[] = [],
): Generator<FeatureEvent> =>
  mergeInputs(["market.bars", "market.context", "news.sentiment"], {
    "market.bars": bars,
    "market.context": contexts,
    "news.sentiment": sentiments,
  });

/** @param onOther called with whatever gave no vector: absorbed, a duplicate, rejected */
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
