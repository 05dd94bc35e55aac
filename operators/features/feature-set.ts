/**
 * The features, in the order of `FeatureVector.values`. Adding, removing, reordering or changing one changes the id of
 * the set, and models trained on another id refuse the vectors.
 */
import type { FeaturesCore } from "../../schemas/generated/types.js";
import { recordId } from "../record-id.js";
import type { Feature, Moment } from "./feature.js";
import { bollingerFeatures } from "./indicators/bollinger.js";
import { localTimeFeatures } from "./indicators/local-time.js";
import { macdFeatures } from "./indicators/macd.js";
import { lastReturnFeature, momentumFeatures } from "./indicators/momentum.js";
import { rangeVolatilityFeature } from "./indicators/range-volatility.js";
import { rsiFeature } from "./indicators/rsi.js";
import { sentimentFeatures } from "./indicators/sentiment-decay.js";
import { volumeRatioFeature } from "./indicators/volume-ratio.js";

export const featureList: readonly Feature[] = [
  rsiFeature,
  ...macdFeatures,
  ...bollingerFeatures,
  volumeRatioFeature,
  lastReturnFeature,
  ...momentumFeatures,
  rangeVolatilityFeature,
  ...sentimentFeatures,
  ...localTimeFeatures,
];

/** Id of a list of features: `fs-` and 48 bits of the hash of names, parameters and versions. */
export function featureSetId(list: readonly Pick<Feature, "name" | "parameters" | "version">[]): string {
  const content = list.map(({ name, parameters, version }) => [name, Object.entries(parameters), version]);
  return `fs-${recordId("feature-set", JSON.stringify(content)).slice(0, 8)}`;
}

/** What vectors are made of today. */
export const featureSet: { readonly id: string; readonly names: readonly string[] } = {
  id: featureSetId(featureList),
  names: featureList.map(({ name }) => name),
};

/** Bars until every feature means something: 34, from the signal line of MACD. */
export const warmUpBars = Math.max(...featureList.map(({ warmUp }) => warmUp));

/** One finite number a feature, in the order of the set. */
export function computeValues(core: FeaturesCore, moment: Moment): number[] {
  return featureList.map((feature) => feature.compute(core, moment));
}
