import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { OutcomeKind } from "./stage/progress.js";

/** A metric as it is declared, by whichever part of the pipeline counts it. */
export interface MetricDefinition<Kind extends MetricKind = MetricKind, Label extends string = string> {
  readonly kind: Kind;
  readonly name: string;
  readonly help: string;
  /** No label may hold a symbol: their number must not grow with the market. */
  readonly labelNames: readonly Label[];
  /** Upper bounds; of a histogram only. */
  readonly buckets?: readonly number[];
}
export type MetricKind = "counter" | "gauge" | "histogram";

/** Buckets for times in seconds. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const defineCounter = <Label extends string = never>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): MetricDefinition<"counter", Label> => ({ kind: "counter", name, help, labelNames });

export const defineGauge = <Label extends string = never>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): MetricDefinition<"gauge", Label> => ({ kind: "gauge", name, help, labelNames });

export const defineHistogram = <Label extends string = never>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
  buckets: readonly number[] = seconds,
): MetricDefinition<"histogram", Label> => ({ kind: "histogram", name, help, labelNames, buckets });

const definitions = {
  inputs: defineCounter(
    "newstape_stage_inputs_total",
    "Inputs by stage, topic and outcome (emit, absorb, duplicate, reject).",
    ["stage", "topic", "outcome"],
  ),
  outputs: defineCounter("newstape_stage_outputs_total", "Records published by a stage.", ["stage"]),
  operatorSeconds: defineHistogram("newstape_stage_operator_seconds", "Time of the operator on one batch.", ["stage"]),
  commitSeconds: defineHistogram("newstape_stage_commit_seconds", "Time of the transaction of one batch.", ["stage"]),
  batchRecords: defineHistogram(
    "newstape_stage_batch_records",
    "Inputs in one batch.",
    ["stage"],
    [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500],
  ),
  takeOverSeconds: defineHistogram("newstape_task_take_over_seconds", "Time to fence, restore and seek one task.", [
    "stage",
  ]),
  taskFailures: defineCounter("newstape_task_failures_total", "Times that a task was dropped and taken over again.", [
    "stage",
  ]),
  lag: defineGauge("newstape_stage_lag_records", "Records known to lie before the tasks of this process.", ["stage"]),
  tasks: defineGauge("newstape_stage_tasks", "Tasks held by this process.", ["stage"]),
};

/** The metrics that every stage has. */
export const stageMetrics: readonly MetricDefinition[] = Object.values(definitions);

/** Metrics of this process: those of its stages, and whatever its parts have declared and count. */
export class Metrics {
  readonly registry = new Registry();
  readonly #inputs = this.counter(definitions.inputs);
  readonly #outputs = this.counter(definitions.outputs);
  readonly #operatorSeconds = this.histogram(definitions.operatorSeconds);
  readonly #commitSeconds = this.histogram(definitions.commitSeconds);
  readonly #batchRecords = this.histogram(definitions.batchRecords);
  readonly #takeOverSeconds = this.histogram(definitions.takeOverSeconds);
  readonly #taskFailures = this.counter(definitions.taskFailures);
  readonly #lag = this.gauge(definitions.lag);
  readonly #tasks = this.gauge(definitions.tasks);

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: "newstape_" });
  }

  /** The metric of a definition: the same one at every call. */
  counter<Label extends string>(definition: MetricDefinition<"counter", Label>): Counter<Label> {
    return this.#known(definition, (configuration) => new Counter(configuration));
  }

  gauge<Label extends string>(definition: MetricDefinition<"gauge", Label>): Gauge<Label> {
    return this.#known(definition, (configuration) => new Gauge(configuration));
  }

  histogram<Label extends string>(definition: MetricDefinition<"histogram", Label>): Histogram<Label> {
    return this.#known(definition, (configuration) => new Histogram(configuration));
  }

  forStage(stage: string): StageMetrics {
    return {
      takeOver: { observe: (value) => this.#takeOverSeconds.observe({ stage }, value) },
      failures: { inc: () => this.#taskFailures.inc({ stage }) },
      outcome: (topic, kind, outputs) => {
        this.#inputs.inc({ stage, topic, outcome: kind });
        if (outputs > 0) this.#outputs.inc({ stage }, outputs);
      },
      batch: (records, operatorMs, commitMs) => {
        this.#batchRecords.observe({ stage }, records);
        this.#operatorSeconds.observe({ stage }, operatorMs / 1000);
        this.#commitSeconds.observe({ stage }, commitMs / 1000);
      },
      held: (tasks, lag) => {
        this.#tasks.set({ stage }, tasks);
        this.#lag.set({ stage }, lag);
      },
    };
  }

  #known<Label extends string, Metric>(
    { name, help, labelNames, buckets }: MetricDefinition<MetricKind, Label>,
    create: (configuration: {
      name: string;
      help: string;
      labelNames: Label[];
      registers: Registry[];
      buckets?: number[];
    }) => Metric,
  ): Metric {
    const known = this.registry.getSingleMetric(name) as Metric | undefined;
    const bounds = buckets && { buckets: [...buckets] };
    return known ?? create({ name, help, labelNames: [...labelNames], registers: [this.registry], ...bounds });
  }
}

/** The metrics of one stage. Times in ms where the name ends so, else in seconds. */
export interface StageMetrics {
  readonly takeOver: { observe(seconds: number): void };
  readonly failures: { inc(): void };
  outcome(topic: string, kind: OutcomeKind, outputs: number): void;
  batch(records: number, operatorMs: number, commitMs: number): void;
  held(tasks: number, lag: number): void;
}
