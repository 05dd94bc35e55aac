/** The sets that can be served: side by side, each vector names its own. */
import { allFeatures } from "./all-features.js";
import { resolveSets, unpinned } from "./resolve-sets.js";
import type { FeatureSet } from "./feature-set.js";
import { pinnedSets } from "./pinned-sets.js";

const { sets, aliases } = resolveSets(allFeatures, pinnedSets);

export const featureSets: readonly FeatureSet[] = sets;

/** Every name of a set, except its id. */
export const featureSetNames: readonly string[] = [...sets.map(({ name }) => name), ...aliases.keys()];

/** What else the set is called today. */
export const aliasesOf = (set: FeatureSet): string[] =>
  [...aliases].filter(([, meant]) => meant === set).map(([alias]) => alias);

/** Whether models may be trained on it: it stays what it is when features are added. */
export const isPinned = ({ name }: FeatureSet): boolean => name !== unpinned;

/** One that has every feature there is. */
export const everyFeature: FeatureSet = featureSetsByName([unpinned])[0] as FeatureSet;

/**
 * @param names of sets, aliases or ids
 * @returns each set once, however often it was named: a vector's id follows from the set, so that a second would be the first
 * @throws RangeError for a name that is none of the sets'
 */
export function featureSetsByName(names: readonly string[]): FeatureSet[] {
  const found = names.map((name) => {
    const set = sets.find((candidate) => candidate.name === name || candidate.id === name) ?? aliases.get(name);
    if (set === undefined)
      throw new RangeError(`there is no feature set ${name}; there are ${featureSetNames.join(", ")}`);
    return set;
  });
  return [...new Set(found)];
}
