/** Starts a cluster of one broker, reports its address, and stays: what is killed to see whether the broker goes with it. */
import { startKafkaCluster } from "../../helpers/kafka-cluster.js";
import { kafkaLibraries } from "../../helpers/kafka-libraries.js";

const cluster = await startKafkaCluster({ libraries: await kafkaLibraries(), nodes: 1 });
process.send?.({ directory: cluster.directory, pid: cluster.nodes[0]?.pid });
