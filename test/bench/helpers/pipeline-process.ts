/** A process with the stages named, or all between `news.raw` and `signals`; their models come through the registry. */
import { startPipeline } from "../../../pipelines/pipeline.js";
import { readConfig } from "../../../pipelines/config.js";
import { ClusterAdmin } from "../../../pipelines/runtime/kafka/admin.js";
import { createKafka } from "../../../pipelines/runtime/kafka/client.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";
import { Metrics } from "../../../pipelines/runtime/metrics.js";
import { stages } from "../../../pipelines/stages/index.js";
import { setTimeout as sleep } from "node:timers/promises";
import { peakMemory } from "./machine.js";

export interface PipelineMessage {
  readonly ready?: true;
  readonly memory?: number;
}

const post = (message: PipelineMessage): void => void process.send?.(message);
const config = readConfig();
const logger = createLogger(config.logLevel);
const kafka = createKafka(config, logger, "bench");
const admin = new ClusterAdmin(kafka);
const named = process.argv.slice(2);
const names = named.length > 0 ? named : stages.map(({ name }) => name);
const running = await startPipeline(names, { config, kafka, admin, logger, metrics: new Metrics() });
while (!running.ready()) await sleep(50);
// Nothing is left behind when the benchmark is killed.
process.once("disconnect", () => process.exit());
process.once("SIGTERM", () => {
  void running
    .stop()
    .then(() => admin.close())
    .then(() => {
      post({ memory: peakMemory() });
      process.disconnect?.();
    });
});
post({ ready: true });
