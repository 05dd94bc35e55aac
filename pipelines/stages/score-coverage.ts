/**
 * Whether the models get vectors of the feature set that each was trained on. Sets may be served side by side, so that a
 * vector that no model takes is nothing by itself; it is, when none of the set that a model takes comes beside it.
 */
import { featureSets } from "../../operators/features/feature-sets.js";
import type { Note, Outcome } from "../../operators/operator.js";
import type { FeatureVector } from "../../schemas/generated/types.js";
import { defineCounter, type MetricDefinition } from "../runtime/metrics.js";
import type { MeasuredTo } from "../runtime/stage/definition.js";

const vectorsTotal = defineCounter(
  "newstape_scores_vectors_total",
  "Vectors by target, the feature set that its model takes, and whether they were scored or of another set (no).",
  ["target", "feature_set", "scored"],
);

export const scoreMetrics: readonly MetricDefinition[] = [vectorsTotal];

/**
 * So many vectors in a row of other sets are no coincidence: each task may stop between the vectors of one trigger, and
 * fewer sets than this are served.
 */
const patience = 10;

const nameOf = (id: string): string => featureSets.find((set) => set.id === id)?.name ?? id;

/** The vectors that a target's models of one feature set had. */
interface Coverage {
  readonly scored: { inc(): void };
  readonly unmet: { inc(): void };
  /** Vectors of other sets since the last that was scored. */
  others: number;
}

/** Logs once when a target's model is left without vectors, and again only after it had some. */
export function measureCoverage({ metrics, logger }: MeasuredTo) {
  const vectors = metrics.counter(vectorsTotal);
  const coverages = new Map<string, Coverage>();
  const coverageOf = (target: string, set: string): Coverage => {
    const key = `${target} ${set}`;
    const known = coverages.get(key);
    if (known) return known;
    const [scored, unmet] = ["yes", "no"].map((is) => vectors.labels(target, nameOf(set), is));
    const made = { scored, unmet, others: 0 } as Coverage;
    coverages.set(key, made);
    return made;
  };
  const unmet = ({ target = "", model = "", takes = "" }: Note, { featureSet }: Readonly<FeatureVector>): void => {
    const coverage = coverageOf(target, takes);
    coverage.unmet.inc();
    coverage.others += 1;
    if (coverage.others !== patience) return;
    logger.warn(
      { target, model, takes: nameOf(takes), comes: nameOf(featureSet) },
      "no vector of the feature set that this model takes comes yet, so it scores nothing: the set is not served, or its warm-up takes more bars; see `newstape doctor --only models`",
    );
  };
  return (outcome: Outcome<"scores">, vector: Readonly<FeatureVector>): void => {
    if (outcome.kind !== "emit" && outcome.kind !== "absorb") return;
    if (outcome.kind === "emit") {
      for (const { record } of outcome.records) {
        for (const { target } of record.targets) {
          const coverage = coverageOf(target, record.featureSet);
          coverage.scored.inc();
          coverage.others = 0;
        }
      }
    }
    for (const note of outcome.notes ?? []) unmet(note, vector);
  };
}
