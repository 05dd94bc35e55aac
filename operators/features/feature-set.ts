import { recordId } from "../record-id.js";
import type { Feature } from "./feature.js";
import type { FeatureView } from "./view.js";

/**
 * Features in the order of `FeatureVector.values`. Adding, removing, reordering or changing one changes the id of the set,
 * and models trained on another id refuse the vectors.
 */
export interface FeatureSet {
  /** `fs-` and 48 bits of the hash of names, parameters and versions. */
  readonly id: string;
  /** What the configuration calls it. */
  readonly name: string;
  readonly features: readonly Feature[];
  readonly names: readonly string[];
  /** Bars until every feature means something. */
  readonly warmUpBars: number;
}

export function featureSetId(list: readonly Pick<Feature, "name" | "parameters" | "version">[]): string {
  const content = list.map(({ name, parameters, version }) => [name, Object.entries(parameters), version]);
  return `fs-${recordId("feature-set", JSON.stringify(content)).slice(0, 8)}`;
}

export function defineFeatureSet(name: string, features: readonly Feature[]): FeatureSet {
  const names = features.map((feature) => feature.name);
  if (new Set(names).size !== names.length) throw new Error(`feature set ${name} names a feature twice`);
  return Object.freeze({
    id: featureSetId(features),
    name,
    features,
    names,
    warmUpBars: Math.max(1, ...features.map(({ warmUp }) => warmUp)),
  });
}

/** One finite number a feature, in the order of the set. */
export function computeValues({ features }: FeatureSet, view: FeatureView): number[] {
  return features.map((feature) => feature.compute(view));
}
