/** The metrics of the transformers, and of the sentiments made with them. */
import { vaderAlone } from "../../models/registry/finbert-flag.js";
import type { PassedOver } from "../../models/runtime/resilient-sentiment.js";
import type { Outcome } from "../../operators/operator.js";
import { vaderLabel } from "../../operators/sentiment/vader.js";
import {
  defineCounter,
  defineGauge,
  defineHistogram,
  type MetricDefinition,
  type Metrics,
} from "../runtime/metrics.js";

const definitions = {
  texts: defineCounter(
    "newstape_sentiment_texts_total",
    "Texts by model and how they were answered: read, cached, or left to VADER (unavailable, unreadable).",
    ["model", "answer"],
  ),
  circuitOpen: defineGauge(
    "newstape_sentiment_circuit_open",
    "1 while a transformer cannot be used and VADER stands in for it.",
    ["model"],
  ),
  circuitOpened: defineCounter(
    "newstape_sentiment_circuit_opened_total",
    "Times that a transformer was given up until it can be loaded again.",
    ["model"],
  ),
  readSeconds: defineHistogram(
    "newstape_sentiment_read_seconds",
    "Time of a transformer (those texts that it remembered included), or of `vader`, on the texts of one batch.",
    ["model"],
  ),
  records: defineCounter(
    "newstape_sentiment_records_total",
    "Records by arm, label and whether a part that should have taken part was missing (degraded).",
    ["arm", "label", "degraded"],
  ),
  agreement: defineCounter(
    "newstape_sentiment_agreement_total",
    "Records by arm and whether their label is VADER's own.",
    ["arm", "agrees"],
  ),
};

export const sentimentMetrics: readonly MetricDefinition[] = Object.values(definitions);

/** Counts one model. */
export interface TransformerCounts {
  lookedUp(hits: number, misses: number): void;
  passedOver(texts: number, why: PassedOver): void;
  took(seconds: number): void;
  circuit(isOpen: boolean): void;
}

/** @param model name@version */
export function countTransformer(metrics: Metrics, model: string): TransformerCounts {
  const labels = { model };
  const [open, opened] = [metrics.gauge(definitions.circuitOpen), metrics.counter(definitions.circuitOpened)];
  const [texts, read] = [metrics.counter(definitions.texts), metrics.histogram(definitions.readSeconds)];
  open.set(labels, 0);
  opened.inc(labels, 0);
  return {
    lookedUp: (hits, misses) => {
      texts.inc({ model, answer: "cached" }, hits);
      texts.inc({ model, answer: "read" }, misses);
    },
    passedOver: (count, why) => texts.inc({ model, answer: why }, count),
    took: (seconds) => read.observe(labels, seconds),
    circuit: (isOpen) => {
      open.set(labels, isOpen ? 1 : 0);
      if (isOpen) opened.inc(labels);
    },
  };
}

/** Runs what VADER reads of one batch, and counts its time under the name that its routes have. */
export function timedRules(metrics: Metrics): <Result>(read: () => Result) => Result {
  const seconds = metrics.histogram(definitions.readSeconds);
  return (read) => {
    const started = performance.now();
    const result = read();
    seconds.observe({ model: vaderAlone }, (performance.now() - started) / 1000);
    return result;
  };
}

/** Counts the records that are published. */
export function countSentiments({ metrics }: { readonly metrics: Metrics }) {
  const [records, agreement] = [metrics.counter(definitions.records), metrics.counter(definitions.agreement)];
  return (outcome: Outcome<"news.sentiment">): void => {
    if (outcome.kind !== "emit") return;
    for (const { record } of outcome.records) {
      const { arm, label, degraded, vaderCompound } = record;
      records.inc({ arm, label, degraded: String(degraded) });
      agreement.inc({ arm, agrees: String(label === vaderLabel(vaderCompound)) });
    }
  };
}
