import assert from "node:assert/strict";
import { test } from "node:test";
import { landedRows, landingSeconds } from "../../pipelines/landing/metrics.js";
import { metricDefinitions } from "../../pipelines/metrics.js";
import { createLogger } from "../../pipelines/runtime/logger.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { emit } from "../../operators/operator.js";
import { stages } from "../../pipelines/stages/index.js";
import type { NewsSentiment } from "../../schemas/generated/types.js";
import { countSentiments, countTransformer, timedRules } from "../../pipelines/serving/sentiment-metrics.js";

test("whatever is counted is declared, once, with its help", async () => {
  const names = metricDefinitions.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(metricDefinitions.every(({ help }) => help.length > 0));

  const metrics = new Metrics();
  const before = new Set(names);
  const byProcess = metrics.registry.getMetricsAsArray().filter(({ name }) => !before.has(name));
  assert.ok(
    byProcess.every(({ name }) => /^newstape_(process|nodejs)_/.test(name)),
    "those of the process itself",
  );
  metrics.counter(landedRows).inc({ topic: "signals", result: "inserted" }, 2);
  metrics.histogram(landingSeconds).observe(0.1);
  const counts = countTransformer(metrics, "encoder@1");
  counts.lookedUp(1, 2);
  counts.passedOver(1, "unavailable");
  counts.took(0.2);
  counts.circuit(true);
  assert.equal(
    timedRules(metrics)(() => 7),
    7,
  );
  const record = { arm: "finbert", label: "positive", degraded: false, vaderCompound: 0.9 } as NewsSentiment;
  countSentiments({ metrics })(emit({ topic: "news.sentiment", record }));
  for (const { measure } of stages) measure?.({ metrics, logger: createLogger("silent") });
  const counted = metrics.registry.getMetricsAsArray().map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => !counted.includes(name)),
    [],
    "declared, and counted by nobody",
  );
  const known = new Set([...names, ...byProcess.map(({ name }) => name)]);
  assert.deepEqual(
    counted.filter((name) => !known.has(name)),
    [],
    "counted, and declared by nobody: name it among the `metrics` of the stage's declaration",
  );

  const text = await metrics.registry.metrics();
  for (const line of [
    'newstape_landing_rows_total{topic="signals",result="inserted"} 2',
    'newstape_sentiment_texts_total{model="encoder@1",answer="cached"} 1',
    'newstape_sentiment_texts_total{model="encoder@1",answer="read"} 2',
    'newstape_sentiment_texts_total{model="encoder@1",answer="unavailable"} 1',
    'newstape_sentiment_circuit_open{model="encoder@1"} 1',
    'newstape_sentiment_circuit_opened_total{model="encoder@1"} 1',
    'newstape_sentiment_read_seconds_count{model="encoder@1"} 1',
    'newstape_sentiment_read_seconds_count{model="vader"} 1',
    'newstape_sentiment_records_total{arm="finbert",label="positive",degraded="false"} 1',
    'newstape_sentiment_agreement_total{arm="finbert",agrees="true"} 1',
  ])
    assert.ok(text.includes(`${line}\n`), line);
});

test("a definition gives the same metric at every call", () => {
  const metrics = new Metrics();
  assert.equal(metrics.counter(landedRows), metrics.counter(landedRows));
});
