/**
 * What holds on three brokers: one cluster for all of it, since three Java processes take 10 s to start. The last of the producers' tests
 * leaves a broker out for good.
 */
import { after, before } from "node:test";
import { keptLogs, startKafkaCluster, type KafkaCluster } from "../../helpers/kafka-cluster.js";
import { kafkaLibraries } from "../../helpers/kafka-libraries.js";
import { testCommands } from "./commands.js";
import { testPipeline } from "./pipeline.js";
import { testProducers } from "./producers.js";
import { testTakeOver } from "./take-over.js";

let started: KafkaCluster | undefined;
before(async () => {
  started = await startKafkaCluster({ libraries: await kafkaLibraries(), ...keptLogs("cluster") });
});
after(() => started?.close());

const cluster = (): KafkaCluster => {
  if (!started) throw new Error("the cluster has not started");
  return started;
};

testCommands(cluster);
testTakeOver(cluster);
testPipeline(cluster);
testProducers(cluster);
