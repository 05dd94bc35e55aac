import { routersBy } from "../../../models/runtime/routers.js";
import type { ModelRouters, Routed, VectorScorer } from "../../../models/runtime/types.js";
import type { ModelTask } from "../../../models/tasks.js";
import type { Target } from "../../../operators/scores/scores.js";
import type { FeatureVector } from "../../../schemas/generated/types.js";

/** Records how many rows it gets at a time; its values are sums of the row, one a level. */
export class RecordingScorer implements VectorScorer {
  readonly calls: number[] = [];
  readonly model;

  constructor(
    name: string,
    readonly levels: readonly number[] = [],
    readonly featureSet = "f1",
    readonly trainedOn?: ReadonlySet<string>,
  ) {
    this.model = { name, version: "1.0.0", sha256: "0".repeat(64) };
  }

  async score(rows: readonly (readonly number[])[]): Promise<readonly (readonly number[])[]> {
    this.calls.push(rows.length);
    const sum = (row: readonly number[]): number => row.reduce((total, value) => total + value, 0);
    return rows.map((row) => (this.levels.length === 0 ? [sum(row)] : this.levels.map((level) => sum(row) + level)));
  }
}

/** Every symbol gets the same model. */
export function routers(models: Partial<Record<Target, VectorScorer>>): ModelRouters<Target> {
  return routersBy((task) => ({
    task,
    pick: () =>
      ({ arm: "champion", model: (models as Partial<Record<ModelTask, VectorScorer>>)[task] }) as Routed<never>,
  }));
}

export function vector(changes: Partial<FeatureVector> = {}): FeatureVector {
  return {
    id: "vector-1",
    symbol: "AAPL",
    featureSet: "f1",
    values: [0.25, 0.5],
    triggerId: "bar-1",
    trigger: "bar",
    sequence: 7,
    eventTime: 1000,
    asOf: 2000,
    origin: "live",
    interval: "1d",
    barId: "bar-1",
    barTime: 1000,
    close: 100,
    sentimentMean: 0.1,
    sentimentCount: 3,
    marketId: null,
    sentimentModel: "minilm@1.0.0",
    ...changes,
  };
}
