import type { Feature } from "../feature.js";
/**
 * The product of two features: the meaning of one depends on the other. It changes its identity with theirs.
 *
 * The two are to compute once a vector, as `withInteractions` makes them.
 *
 * Warm-up: the longer of the two.
 */
export function product(left: Feature, right: Feature): Feature {
  return {
    name: `${left.name}-x-${right.name}`,
    group: "interaction",
    parameters: { [left.name]: left.version, [right.name]: right.version },
    version: 1,
    warmUp: Math.max(left.warmUp, right.warmUp),
    formula: `${left.name} × ${right.name}`,
    compute: (view) => left.compute(view) * right.compute(view),
  };
}
