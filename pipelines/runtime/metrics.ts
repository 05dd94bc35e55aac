import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { vaderAlone } from "../../models/registry/finbert-flag.js";
import type { PassedOver } from "../../models/runtime/resilient-sentiment.js";
import { vaderLabel } from "../../operators/sentiment/vader.js";
import type { NewsSentiment } from "../../schemas/generated/types.js";
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
    help: "Records by topic and result (inserted, updated, duplicates, conflicts, refused; twice: those of them that the topic holds at another place too).",
    labelNames: ["topic", "result"],
    registers: [this.registry],
  });
  readonly landingSeconds = new Histogram({
    name: "newstape_landing_write_seconds",
    help: "Time of one database transaction of the landing.",
    buckets: seconds,
    registers: [this.registry],
  });

  readonly #sentimentTexts = new Counter({
    name: "newstape_sentiment_texts_total",
    help: "Texts by model and how they were answered: read, cached, or left to VADER (unavailable, unreadable).",
    labelNames: ["model", "answer"],
    registers: [this.registry],
  });
  readonly #sentimentCircuitOpen = new Gauge({
    name: "newstape_sentiment_circuit_open",
    help: "1 while a transformer cannot be used and VADER stands in for it.",
    labelNames: ["model"],
    registers: [this.registry],
  });
  readonly #sentimentCircuitOpened = new Counter({
    name: "newstape_sentiment_circuit_opened_total",
    help: "Times that a transformer was given up until it can be loaded again.",
    labelNames: ["model"],
    registers: [this.registry],
  });
  readonly #sentimentSeconds = new Histogram({
    name: "newstape_sentiment_read_seconds",
    help: "Time of a transformer (those texts that it remembered included), or of `vader`, on the texts of one batch.",
    labelNames: ["model"],
    buckets: seconds,
    registers: [this.registry],
  });
  readonly #sentimentRecords = new Counter({
    name: "newstape_sentiment_records_total",
    help: "Records by arm, label and whether a part that should have taken part was missing (degraded).",
    labelNames: ["arm", "label", "degraded"],
    registers: [this.registry],
  });
  readonly #sentimentAgreement = new Counter({
    name: "newstape_sentiment_agreement_total",
    help: "Records by arm and whether their label is VADER's own.",
    labelNames: ["arm", "agrees"],
    registers: [this.registry],
  });
  readonly sentiment: SentimentMetrics = {
    said: ({ arm, label, degraded, vaderCompound }) => {
      this.#sentimentRecords.inc({ arm, label, degraded: String(degraded) });
      this.#sentimentAgreement.inc({ arm, agrees: String(label === vaderLabel(vaderCompound)) });
    },
    rulesTook: (time) => this.#sentimentSeconds.observe({ model: vaderAlone }, time),
    of: (model) => {
      const labels = { model };
      this.#sentimentCircuitOpen.set(labels, 0);
      this.#sentimentCircuitOpened.inc(labels, 0);
      const count = (answer: string, texts: number): void => this.#sentimentTexts.inc({ model, answer }, texts);
      return {
        lookedUp: (hits, misses) => {
          count("cached", hits);
          count("read", misses);
        },
        passedOver: (texts, why) => count(why, texts),
        took: (time) => this.#sentimentSeconds.observe(labels, time),
        circuit: (isOpen) => {
          this.#sentimentCircuitOpen.set(labels, isOpen ? 1 : 0);
          if (isOpen) this.#sentimentCircuitOpened.inc(labels);
        },
      };
    },
  };

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

/** The metrics of the transformers, and of what was said with them. */
export interface SentimentMetrics {
  /** A record that was published. */
  said(record: Pick<NewsSentiment, "arm" | "label" | "degraded" | "vaderCompound">): void;
  /** What VADER took for the texts of one batch. */
  rulesTook(seconds: number): void;
  /** @param model name@version */
  of(model: string): {
    lookedUp(hits: number, misses: number): void;
    passedOver(texts: number, why: PassedOver): void;
    took(seconds: number): void;
    circuit(isOpen: boolean): void;
  };
}

/** The metrics of one stage. Times in ms where the name says so, else in seconds. */
export interface StageMetrics {
  readonly takeOver: { observe(seconds: number): void };
  readonly failures: { inc(): void };
  outcome(topic: string, kind: OutcomeKind, outputs: number): void;
  batch(records: number, operatorMs: number, commitMs: number): void;
  held(tasks: number, lag: number): void;
}
