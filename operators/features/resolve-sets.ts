/** Which sets there are and by which names they go, from the features and the lists that are pinned. */
import type { Feature } from "./feature.js";
import { defineFeatureSet, type FeatureSet } from "./feature-set.js";
import type { PinnedSet } from "./pinned-sets.js";

/** The set of every feature; its id changes with each that is added, so no model is trained on it. */
export const unpinned = "all";

export interface ResolvedSets {
  /** The pinned ones, and `all` where it is none of them. */
  readonly sets: readonly FeatureSet[];
  /** What else a set may be called: the family for its highest number, `all` where the set that has every feature is pinned. */
  readonly aliases: ReadonlyMap<string, FeatureSet>;
}

/** @throws Error for a list that is not what it was pinned as */
export function resolveSets(features: readonly Feature[], pinned: readonly PinnedSet[]): ResolvedSets {
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const sets = pinned.map((list) => pinnedSet(list, byName));
  const aliases = new Map<string, FeatureSet>();
  const numbers = new Map<string, number>();
  for (const set of sets) {
    const [, family = "", digits] = /^(.+)-(\d+)$/.exec(set.name) ?? [];
    if (family === "") throw new Error(`feature set ${set.name} is not named like full-1`);
    if (Number(digits) < (numbers.get(family) ?? 0)) continue;
    numbers.set(family, Number(digits));
    aliases.set(family, set);
  }
  const all = defineFeatureSet(unpinned, features);
  const same = sets.find(({ id }) => id === all.id);
  if (same) aliases.set(unpinned, same);
  return { sets: same ? sets : [...sets, all], aliases };
}

function pinnedSet({ name, id, features }: PinnedSet, byName: ReadonlyMap<string, Feature>): FeatureSet {
  const set = defineFeatureSet(
    name,
    features.map((wanted) => {
      const feature = byName.get(wanted);
      if (feature === undefined) throw new Error(`feature set ${name} has ${wanted}, and there is no such feature`);
      return feature;
    }),
  );
  if (set.id !== id) {
    throw new Error(
      `feature set ${name} is pinned as ${id}, and its features now make ${set.id}: models and records name the former. ` +
        "Leave its features as they are, and give what is changed another name",
    );
  }
  return set;
}
