/**
 * The process with the real sentiment stage, its model loaded straight from the artefact.
 *
 *     sentiment-process.js ARTEFACT WORKERS EXPECTED
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { loadSentimentClassifier } from "../../../models/runtime/sentiment-classifier.js";
import type { ModelRouters } from "../../../models/runtime/types.js";
import { readConfig } from "../../../pipelines/config.js";
import { createKafka } from "../../../pipelines/runtime/kafka/client.js";
import { TransactionalProducer } from "../../../pipelines/runtime/kafka/producers.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";
import { Metrics } from "../../../pipelines/runtime/metrics.js";
import { decodeProgress, handled } from "../../../pipelines/runtime/stage/progress.js";
import { runStage } from "../../../pipelines/runtime/stage/runner.js";
import { sentimentStage } from "../../../pipelines/stages/sentiment.js";
import { peakMemory } from "./machine.js";
import { Meter, type Throughput } from "./meter.js";
import { rounded } from "./statistics.js";

export interface SentimentMessage {
  readonly throughput?: Throughput;
  /** Highest resident memory, MiB; event-loop delay under load, 99th percentile, ms. */
  readonly ended?: { readonly memory: number; readonly loopDelay: number };
}

const [directory = "", workers = "2", expected = "4000"] = process.argv.slice(2);
const post = (message: SentimentMessage): void => void process.send?.(message);
const delay = monitorEventLoopDelay({ resolution: 1 });
let loopDelay = 0;
const meter = new Meter(Number(expected), (throughput) => {
  loopDelay = rounded(delay.percentile(99) / 1e6);
  post({ throughput });
});
const config = readConfig();
const logger = createLogger(config.logLevel);
const kafka = createKafka(config, logger, "bench");

/** An article gives several records or none: what is counted is the outcomes that are committed beside the offset. */
class MeteredProducer extends TransactionalProducer {
  #articles = 0;

  override async commit(...args: Parameters<TransactionalProducer["commit"]>): Promise<void> {
    await super.commit(...args);
    // Starting up is not what is measured.
    delay.enable();
    const articles = handled(decodeProgress(args[2][0]?.metadata));
    meter.committed(articles - this.#articles);
    this.#articles = articles;
  }
}

const model = await loadSentimentClassifier(directory, { workers: Number(workers) });
const running = await runStage(sentimentStage, {
  config,
  kafka,
  logger,
  metrics: new Metrics(),
  services: {
    sentiment: { task: "sentiment", pick: () => ({ arm: "champion", model }) },
  } satisfies ModelRouters<"sentiment">,
  createProducer: (id) => new MeteredProducer(kafka, id),
});
// Nothing is left behind when the benchmark is killed.
process.once("disconnect", () => process.exit());
process.once("SIGTERM", () => {
  void running
    .stop()
    .then(() => model.close())
    .then(() => {
      post({ ended: { memory: peakMemory(), loopDelay } });
      process.disconnect?.();
    });
});
