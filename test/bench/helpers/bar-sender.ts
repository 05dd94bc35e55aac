import type { Bar } from "../../../schemas/generated/types.js";
import { partitionOf } from "../../../pipelines/runtime/kafka/partition-of.js";
import { PlainProducer } from "../../../pipelines/runtime/kafka/producers.js";
import type { BenchCluster, CleanUp } from "./cluster.js";

/** Encodes and sends bars in two steps, so that the clock can start between them. */
export async function openBarSender(cleanUp: CleanUp, cluster: BenchCluster) {
  const codec = await cluster.codec("market.bars");
  const topic = cluster.names.topic("market.bars");
  const producer = new PlainProducer(cluster.kafka);
  cleanUp.after(() => producer.close());
  return {
    encode: (bars: readonly Bar[]) =>
      bars.map((bar) => ({
        topic,
        partition: partitionOf(bar.symbol, cluster.config.partitions),
        key: bar.symbol,
        value: codec.encode(bar),
      })),
    send: (records: Parameters<PlainProducer["send"]>[0]) => producer.send(records),
  };
}
