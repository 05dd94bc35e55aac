/** features → scores: every target's model on one feature vector. */
import type { ModelRouters, Routed, VectorScorer } from "../../models/runtime/types.js";
import { tasksOfKind, type TaskOfKind } from "../../models/tasks.js";
import type { FeatureVector, Score, TargetScore } from "../../schemas/generated/types.js";
import { notFinite } from "../finite.js";
import { featureSets } from "../features/feature-sets.js";
import { absorb, reject, type Note, type Operator, type Outcome } from "../operator.js";
import { recordId } from "../record-id.js";

export type Target = TaskOfKind<"vector">;
/** Sorted, as the records list them. */
export const targets: readonly Target[] = [...tasksOfKind("vector")].sort();

interface Route {
  readonly target: Target;
  readonly arm: string;
  readonly model: VectorScorer;
}

interface Plan {
  readonly vector: FeatureVector;
  readonly routes: readonly Route[];
  /** Targets whose model takes another feature set. */
  readonly unmet: readonly Unmet[];
}

/** Note of a target for which the vector is none that its model takes. */
export interface Unmet extends Note {
  readonly target: Target;
  readonly model: string;
  /** Id of the set that the model was trained on. */
  readonly takes: string;
}

/** What each model made of each vector that it had to score. */
type Scored = Map<VectorScorer, Map<FeatureVector, readonly number[]>>;

/**
 * Stateless. A target for which no model is available is left out of the score rather than holding it back: the light
 * forecasts need none of them.
 *
 * Several feature sets may be served side by side, and each model scores the vectors of its own: one that no model takes
 * is absorbed, for it is neither broken nor missed as long as the trigger's other vectors are scored. Whether they are does
 * not follow from a single vector: the outcome notes each target whose model takes another set, for the stage to count.
 */
export const scoresOperator: Operator<"features", "scores", never, ModelRouters<Target>> = {
  name: "scores",
  process: async (batch, _state, routers) => {
    const plans = batch.map(({ record }) => planned(record, routers));
    const scored = await score(plans.filter((plan) => "vector" in plan));
    return plans.map((plan) => ("vector" in plan ? emitted(plan, scored) : plan));
  },
};

function planned(vector: FeatureVector, routers: ModelRouters<Target>): Plan | Outcome<"scores"> {
  const bad = notFinite(vector) ?? beyondFloat(vector.values);
  if (bad !== undefined) return reject("NOT_FINITE", `${bad} is not a finite 32-bit number`);
  const routes: Route[] = [];
  const unmet: Unmet[] = [];
  for (const target of targets) {
    const { arm, model }: Routed<VectorScorer> = routers[target].pick(vector.symbol);
    if (model === undefined) continue;
    if (model.featureSet === vector.featureSet) routes.push({ target, arm, model });
    else unmet.push({ target, model: `${model.model.name}@${model.model.version}`, takes: model.featureSet });
  }
  return routes.length === 0 && unmet.length > 0 ? unscored(vector, unmet) : { vector, routes, unmet };
}

/** A set that this build has may be served for whoever reads it; one that it does not know is a mistake. */
function unscored({ featureSet }: FeatureVector, unmet: readonly Unmet[]): Outcome<"scores"> {
  if (featureSets.some(({ id }) => id === featureSet)) return { ...absorb, notes: unmet };
  const { model, takes } = unmet.at(-1) as Unmet;
  return reject("WRONG_FEATURE_SET", `${model} was trained on ${takes}, the vector is of ${featureSet}`);
}

function emitted(plan: Plan, scored: Scored): Outcome<"scores"> {
  const records = [{ topic: "scores" as const, record: scoreOf(plan, scored) }];
  return { kind: "emit", records, ...(plan.unmet.length > 0 && { notes: plan.unmet }) };
}

/** The models take 32-bit numbers, in which a large finite double is infinite. */
function beyondFloat(values: readonly number[]): string | undefined {
  const index = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
  return index < 0 ? undefined : `values[${index}]`;
}

/** One call a model with all of its vectors. */
async function score(plans: readonly Plan[]): Promise<Scored> {
  const vectors = new Map<VectorScorer, Set<FeatureVector>>();
  for (const { vector, routes } of plans) {
    for (const { model } of routes) vectors.set(model, (vectors.get(model) ?? new Set()).add(vector));
  }
  const scored = [...vectors].map(async ([model, wanted]) => {
    const rows = await model.score([...wanted].map(({ values }) => values));
    return [model, new Map([...wanted].map((vector, index) => [vector, rows[index] ?? []]))] as const;
  });
  return new Map(await Promise.all(scored));
}

function scoreOf({ vector, routes }: Plan, scored: Scored): Score {
  return {
    id: recordId("scores", vector.id, vector.symbol),
    symbol: vector.symbol,
    vectorId: vector.id,
    featureSet: vector.featureSet,
    values: [...vector.values],
    targets: routes.map(({ target, arm, model }): TargetScore => {
      const values = scored.get(model)?.get(vector) ?? [];
      if (values.length === 0) throw new Error(`${model.model.name} gave no result for vector ${vector.id}`);
      const trained = model.trainedOn?.has(vector.symbol) ?? null;
      return { target, values: [...values], levels: [...model.levels], model: model.model, arm, trained };
    }),
    sequence: vector.sequence,
    eventTime: vector.eventTime,
    asOf: vector.asOf,
    origin: vector.origin,
    interval: vector.interval,
    barId: vector.barId,
    barTime: vector.barTime,
    close: vector.close,
    sentimentMean: vector.sentimentMean,
    sentimentCount: vector.sentimentCount,
    sentimentModel: vector.sentimentModel,
  };
}
