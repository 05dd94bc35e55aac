/**
 * A child process that runs the count stage, or with `--stage=market` the market stage, until a signal: what the
 * fault tests kill, freeze and restart.
 * With `--hold=transaction` or `--hold=between` it reports when one of its tasks is inside a transaction, or between two,
 * and stays there long enough to be struck. With `--poison=ID,ID` these sentiments kill the process, as a crash in native code does.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../pipelines/config.js";
import { createKafka } from "../../pipelines/runtime/kafka/client.js";
import { TransactionalProducer } from "../../pipelines/runtime/kafka/producers.js";
import { createLogger } from "../../pipelines/runtime/logger.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { marketStage } from "../../pipelines/stages/market.js";
import type { AnyStage } from "../../pipelines/runtime/stage/definition.js";
import { runStage } from "../../pipelines/runtime/stage/runner.js";
import { countStage, poisonedStage } from "./count-stage.js";

const hold = process.argv.find((argument) => argument.startsWith("--hold="))?.slice("--hold=".length);
let transactions = 0;

class HeldProducer extends TransactionalProducer {
  #isTurn = false;

  override async commit(...args: Parameters<TransactionalProducer["commit"]>): Promise<void> {
    transactions += 1;
    this.#isTurn = transactions === 20;
    await super.commit(...args);
    if (hold === "between" && this.#isTurn) await this.#pause();
  }

  protected override async beforeCommit(): Promise<void> {
    if (hold === "transaction" && this.#isTurn) await this.#pause();
  }

  async #pause(): Promise<void> {
    process.send?.({ held: hold });
    await sleep(400);
  }
}

const config = readConfig();
const logger = createLogger(config.logLevel);
const kafka = createKafka(config, logger, `test-${process.pid}`);
const poison = process.argv.find((argument) => argument.startsWith("--poison="))?.slice("--poison=".length);
const stage: AnyStage = process.argv.includes("--stage=market")
  ? marketStage
  : poison === undefined
    ? countStage
    : poisonedStage(new Set(poison.split(",")));
const running = await runStage(stage, {
  config,
  kafka,
  logger,
  metrics: new Metrics(),
  services: {},
  drain: process.argv.includes("--drain"),
  createProducer: (id) => new HeldProducer(kafka, id),
});
const reporting = setInterval(() => {
  if (running.ready()) process.send?.({ ready: running.tasks().length });
}, 50);
process.on("SIGTERM", () => void running.stop());
await running.done;
clearInterval(reporting);
await running.stop();
process.disconnect?.();
