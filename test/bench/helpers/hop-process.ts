/**
 * The process with the hop: `exactly-once` through the stage runner, or `at-least-once` without it.
 *
 *     hop-process.js exactly-once|at-least-once NAME EXPECTED
 */
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../../pipelines/config.js";
import { createKafka } from "../../../pipelines/runtime/kafka/client.js";
import { TransactionalProducer } from "../../../pipelines/runtime/kafka/producers.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";
import { Metrics } from "../../../pipelines/runtime/metrics.js";
import { runStage } from "../../../pipelines/runtime/stage/runner.js";
import { runAtLeastOnce } from "./at-least-once.js";
import { hopStage } from "./hop-stage.js";
import { peakMemory } from "./machine.js";
import { Meter, type Throughput } from "./meter.js";

export interface HopMessage {
  readonly ready?: true;
  /** When as many records as expected are committed. */
  readonly throughput?: Throughput;
  /** At the end: highest resident memory, MiB. */
  readonly memory?: number;
}

const [guarantee, name = "hop", expected = "Infinity"] = process.argv.slice(2);
const post = (message: HopMessage): void => void process.send?.(message);
const meter = new Meter(Number(expected), (throughput) => post({ throughput }));
const config = readConfig();
const logger = createLogger(config.logLevel);
const kafka = createKafka(config, logger, "bench");

class MeteredProducer extends TransactionalProducer {
  override async commit(...args: Parameters<TransactionalProducer["commit"]>): Promise<void> {
    await super.commit(...args);
    meter.committed(args[0].length);
  }
}

async function startExactlyOnce(): Promise<{ stop(): Promise<void> }> {
  const running = await runStage(hopStage(name), {
    config,
    kafka,
    logger,
    metrics: new Metrics(),
    services: {},
    createProducer: (id) => new MeteredProducer(kafka, id),
  });
  while (!running.ready() || running.tasks().length === 0) await sleep(20);
  return running;
}

const running =
  guarantee === "exactly-once"
    ? await startExactlyOnce()
    : await runAtLeastOnce(hopStage(name), { config, kafka, onCommit: (records) => meter.committed(records) });
// Nothing is left behind when the benchmark is killed.
process.once("disconnect", () => process.exit());
process.once("SIGTERM", () => {
  void running.stop().then(() => {
    post({ memory: peakMemory() });
    process.disconnect?.();
  });
});
post({ ready: true });
