/** Whether what is served is what the models take. */
import { featureSets } from "../../../operators/features/feature-sets.js";
import type { ModelVersion } from "../../../schemas/generated/types.js";
import { error, type Finding } from "./check.js";

type KnownModel = Pick<ModelVersion, "name" | "version" | "task" | "featureSet" | "active">;

interface NamedSet {
  readonly id: string;
  readonly name: string;
}

const keyOf = ({ name, version }: KnownModel): string => `${name}@${version}`;
const shown = ({ id, name }: NamedSet): string => `${name} (${id})`;

/**
 * Sets that models in use take and that are not served: one finding each.
 *
 * @param inUse models that a route names
 * @param registered all there are, to name one that could serve instead; a route takes an active one only
 * @param served by this configuration
 */
export function featureSetFindings(
  inUse: readonly KnownModel[],
  registered: readonly KnownModel[],
  served: readonly NamedSet[],
): Finding[] {
  const without = new Map<string, KnownModel[]>();
  for (const model of inUse) {
    const { featureSet } = model;
    if (featureSet === null || featureSet === undefined || served.some(({ id }) => id === featureSet)) continue;
    without.set(featureSet, [...(without.get(featureSet) ?? []), model]);
  }
  return [...without].map(([featureSet, models]) => {
    const set = featureSets.find(({ id }) => id === featureSet);
    const list = models.map((model) => `${keyOf(model)} (${model.task})`).join(", ");
    const what = set
      ? `the feature set ${shown(set)} is not served`
      : `this build has no feature set ${featureSet}, so that it is not served`;
    const add = set
      ? `Restart the processes that run features with NEWSTAPE_FEATURE_SETS=${[...served, set].map(({ name }) => name).join(",")}`
      : "Run a build that has the set";
    return error(
      `${what}, and ${models.length === 1 ? "a model takes" : "models take"} no other: ${list}`,
      `By this configuration ${served.map(shown).join(", ")} ${served.length === 1 ? "is" : "are"} served. Vectors of other sets than its own are no inputs to a model: scores lack its target, and there are none where no model takes the vector. They are no rejects; newstape_scores_vectors_total{scored="no"} counts them.`,
      `${add}; or serve by models of another set: ${models.map((model) => insteadOf(model, registered, served)).join("; ")}`,
    );
  });
}

/** A route to the newest active model of the task that takes a set that is served. */
function insteadOf({ task }: KnownModel, registered: readonly KnownModel[], served: readonly NamedSet[]): string {
  const fitting = registered
    .filter((model) => model.active && model.task === task && served.some(({ id }) => id === model.featureSet))
    .sort((one, other) => one.version.localeCompare(other.version, "en", { numeric: true }));
  const newest = fitting.at(-1);
  return newest
    ? `newstape models route ${task} champion=${keyOf(newest)}:1`
    : `no active model of ${task} takes a set that is served`;
}

/** What fits, for a finding that all is well. */
export function featureSetSummary(inUse: readonly KnownModel[], served: readonly NamedSet[]): string {
  const taken = new Set(inUse.flatMap(({ featureSet }) => featureSet ?? []));
  const [scored, beside] = [true, false].map((is) =>
    served.filter(({ id }) => taken.has(id) === is).map(({ name }) => name),
  ) as [string[], string[]];
  return [
    ...(scored.length > 0 ? [`the feature sets that they take are served: ${scored.join(", ")}`] : []),
    ...(beside.length > 0 ? [`served and taken by none: ${beside.join(", ")}`] : []),
  ].join("; ");
}
