/** The cluster that a long run brings, as set on its command line. */
import type { CleanUp } from "../helpers/cluster.js";
import { startKafkaCluster, type KafkaCluster } from "../helpers/kafka-cluster.js";
import { kafkaLibraries, kafkaVersion } from "../helpers/kafka-libraries.js";

export interface Brokers {
  readonly cluster: KafkaCluster;
  readonly version: string;
  /** Of the result's name. */
  readonly suffix: string;
}

/** @param directory where the brokers' logs stay; by default they go with them */
export async function openBrokers(
  cleanUp: CleanUp,
  { brokers = "3", kafka }: { readonly brokers?: string | undefined; readonly kafka?: string | undefined },
  directory?: string,
): Promise<Brokers> {
  const nodes = Number(brokers);
  if (!Number.isInteger(nodes) || nodes < 1) throw new Error(`--brokers ${brokers} is no number of brokers`);
  const libraries = await kafkaLibraries(kafka);
  const cluster = await startKafkaCluster({ libraries, nodes, ...(directory !== undefined && { directory }) });
  cleanUp.after(() => cluster.close());
  const suffix = `-brokers-${nodes}${kafka === undefined ? "" : `-kafka-${kafka}`}`;
  return { cluster, version: await kafkaVersion(libraries), suffix };
}
