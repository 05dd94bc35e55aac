import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { OutcomeKind } from "./stage/progress.js";

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of this process. No label holds a symbol: their number must not grow with the market. */
export class Metrics {
  readonly registry = new Registry();

  readonly inputs = new Counter({
    name: "newstape_stage_inputs_total",
    help: "Inputs by stage, topic and outcome (emit, join, duplicate, reject).",
    labelNames: ["stage", "topic", "outcome"],
    registers: [this.registry],
  });
  readonly outputs = new Counter({
    name: "newstape_stage_outputs_total",
    help: "Records published by a stage.",
    labelNames: ["stage"],
    registers: [this.registry],
  });
  readonly operatorSeconds = new Histogram({
    name: "newstape_stage_operator_seconds",
    help: "Time of the operator on one batch.",
    labelNames: ["stage"],
    buckets: seconds,
    registers: [this.registry],
  });
  readonly commitSeconds = new Histogram({
    name: "newstape_stage_commit_seconds",
    help: "Time of the transaction of one batch.",
    labelNames: ["stage"],
    buckets: seconds,
    registers: [this.registry],
  });
  readonly batchRecords = new Histogram({
    name: "newstape_stage_batch_records",
    help: "Inputs in one batch.",
    labelNames: ["stage"],
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500],
    registers: [this.registry],
  });
  readonly takeOverSeconds = new Histogram({
    name: "newstape_task_take_over_seconds",
    help: "Time to fence, restore and seek one task.",
    labelNames: ["stage"],
    buckets: seconds,
    registers: [this.registry],
  });
  readonly taskFailures = new Counter({
    name: "newstape_task_failures_total",
    help: "Times that a task was dropped and taken over again.",
    labelNames: ["stage"],
    registers: [this.registry],
  });
  readonly lag = new Gauge({
    name: "newstape_stage_lag_records",
    help: "Records known to lie before the tasks of this process.",
    labelNames: ["stage"],
    registers: [this.registry],
  });
  readonly tasks = new Gauge({
    name: "newstape_stage_tasks",
    help: "Tasks held by this process.",
    labelNames: ["stage"],
    registers: [this.registry],
  });
  readonly landedRows = new Counter({
    name: "newstape_landing_rows_total",
    help: "Records by topic and result (inserted, updated, duplicates, conflicts, refused).",
    labelNames: ["topic", "result"],
    registers: [this.registry],
  });
  readonly landingSeconds = new Histogram({
    name: "newstape_landing_write_seconds",
    help: "Time of one database transaction of the landing.",
    buckets: seconds,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: "newstape_" });
  }

  forStage(stage: string): StageMetrics {
    return {
      takeOver: { observe: (value) => this.takeOverSeconds.observe({ stage }, value) },
      failures: { inc: () => this.taskFailures.inc({ stage }) },
      outcome: (topic, kind, outputs) => {
        this.inputs.inc({ stage, topic, outcome: kind });
        if (kind === "emit" && outputs > 0) this.outputs.inc({ stage }, outputs);
      },
      batch: (records, operatorMs, commitMs) => {
        this.batchRecords.observe({ stage }, records);
        this.operatorSeconds.observe({ stage }, operatorMs / 1000);
        this.commitSeconds.observe({ stage }, commitMs / 1000);
      },
      held: (tasks, lag) => {
        this.tasks.set({ stage }, tasks);
        this.lag.set({ stage }, lag);
      },
    };
  }
}

/** The metrics of one stage. Times in ms where the name says so, else in seconds. */
export interface StageMetrics {
  readonly takeOver: { observe(seconds: number): void };
  readonly failures: { inc(): void };
  outcome(topic: string, kind: OutcomeKind, outputs: number): void;
  batch(records: number, operatorMs: number, commitMs: number): void;
  held(tasks: number, lag: number): void;
}
