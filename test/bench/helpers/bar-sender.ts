import type { Bar } from "../../../schemas/generated/types.js";
import { PlainProducer } from "../../../pipelines/runtime/kafka/producers.js";
import { topicRecord } from "../../../pipelines/runtime/topic-record.js";
import type { Cluster, CleanUp } from "../../helpers/cluster.js";

/** Encodes and sends bars in two steps, so that the clock can start between them. */
export async function openBarSender(cleanUp: CleanUp, cluster: Cluster) {
  const { names, config } = cluster;
  const codec = await cluster.codec("market.bars");
  const encoding = { name: "market.bars", names, partitions: config.partitions, codec } as const;
  const producer = new PlainProducer(cluster.kafka);
  cleanUp.after(() => producer.close());
  return {
    encode: (bars: readonly Bar[]) => bars.map((bar) => topicRecord(encoding, bar)),
    send: (records: Parameters<PlainProducer["send"]>[0]) => producer.send(records),
  };
}
