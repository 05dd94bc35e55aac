/**
 * Whether the models get vectors of the feature set that each was trained on. Sets may be served side by side, so that a
 * vector that no model takes is nothing by itself; it is, when none of the set that a model takes comes beside it.
 */
import { featureSets } from "../../operators/features/feature-sets.js";
import type { Note, Outcome } from "../../operators/operator.js";
import type { FeatureSet } from "../../operators/features/feature-set.js";
import type { FeatureVector, Score } from "../../schemas/generated/types.js";
import { defineCounter, type MetricDefinition } from "../runtime/metrics.js";
import type { MeasuredTo } from "../runtime/stage/definition.js";

const vectorsTotal = defineCounter(
  "newstape_scores_vectors_total",
  "Vectors by target, the feature set that its model takes, and whether they were scored, of another set (no), or of another set while that of the model may be warming up (early).",
  ["target", "feature_set", "scored"],
);

export const scoreMetrics: readonly MetricDefinition[] = [vectorsTotal];

/**
 * So many vectors in a row of other sets are no coincidence: each task may stop between the vectors of one trigger, and
 * fewer sets than this are served.
 */
const patience = 10;

/** More triggers a bar than any symbol has over a whole warm-up: a number in `sequence` beyond it tells that the symbol is not new. */
const triggersOfBar = 100;

const setOf = (id: string): FeatureSet | undefined => featureSets.find((set) => set.id === id);
const nameOf = (id: string): string => setOf(id)?.name ?? id;

/**
 * For which symbols the set that a model takes may still be warming up: a larger set begins some bars after a smaller one.
 * What a process has seen is known exactly; of what came before it started, `sequence` tells whether the symbol is new.
 */
class WarmUps {
  /** By series and the set that comes: bars on which it came. */
  readonly #seen = new Map<string, { bars: number; last: number }>();
  /** Series, each with a set of which it had vectors. */
  readonly #warm = new Set<string>();

  scored({ symbol, interval, featureSet }: Pick<Score, "symbol" | "interval" | "featureSet">): void {
    this.#warm.add(`${symbol} ${interval} ${featureSet}`);
  }

  /** @param takes the set that did not come, or not yet, on this vector's bar */
  mayWarmUp(takes: string, { symbol, interval, featureSet, barTime, sequence }: Readonly<FeatureVector>): boolean {
    const [wanted, coming] = [setOf(takes), setOf(featureSet)];
    if (!wanted || !coming || wanted.warmUpBars <= coming.warmUpBars) return false;
    if (this.#warm.has(`${symbol} ${interval} ${takes}`)) return false;
    const key = `${symbol} ${interval} ${featureSet}`;
    const seen = this.#seen.get(key) ?? { bars: 0, last: -Infinity };
    this.#seen.set(key, seen);
    if (barTime > seen.last) {
      seen.bars += 1;
      seen.last = barTime;
    }
    // On the last of them both come, in either order.
    const together = wanted.warmUpBars - coming.warmUpBars + 1;
    return seen.bars <= together && sequence <= together * triggersOfBar;
  }
}

/** The vectors that a target's models of one feature set had. */
interface Coverage {
  readonly scored: { inc(): void };
  readonly unmet: { inc(): void };
  readonly early: { inc(): void };
  /** Vectors of other sets since the last that was scored, those of a warm-up aside. */
  others: number;
}

/** Logs once when a target's model is left without vectors, and again only after it had some. */
export function measureCoverage({ metrics, logger }: MeasuredTo) {
  const vectors = metrics.counter(vectorsTotal);
  const coverages = new Map<string, Coverage>();
  const warmUps = new WarmUps();
  const coverageOf = (target: string, set: string): Coverage => {
    const key = `${target} ${set}`;
    const known = coverages.get(key);
    if (known) return known;
    const counted = (is: "yes" | "no" | "early") => vectors.labels(target, nameOf(set), is);
    const made: Coverage = { scored: counted("yes"), unmet: counted("no"), early: counted("early"), others: 0 };
    coverages.set(key, made);
    return made;
  };
  const unmet = ({ target = "", model = "", takes = "" }: Note, vector: Readonly<FeatureVector>): void => {
    const coverage = coverageOf(target, takes);
    if (warmUps.mayWarmUp(takes, vector)) return coverage.early.inc();
    coverage.unmet.inc();
    coverage.others += 1;
    if (coverage.others !== patience) return;
    logger.warn(
      { target, model, takes: nameOf(takes), comes: nameOf(vector.featureSet) },
      "no vector of the feature set that this model takes comes, so it scores nothing: the set is not served; see `newstape doctor --only models`",
    );
  };
  return (outcome: Outcome<"scores">, vector: Readonly<FeatureVector>): void => {
    if (outcome.kind !== "emit" && outcome.kind !== "absorb") return;
    if (outcome.kind === "emit") {
      for (const { record } of outcome.records) {
        warmUps.scored(record);
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
