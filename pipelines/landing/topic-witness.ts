import { lineageHeaders } from "../../schemas/headers.js";
import type { LandedTopic, TopicName, TopicRecords } from "../../schemas/topics.js";
import type { RecordCodec } from "../runtime/codec.js";
import type { Kafka } from "../runtime/kafka/client.js";
import { PartitionLog } from "../runtime/kafka/partition-log.js";
import type { Names } from "../runtime/names.js";
import type { Place, Seen, Witness } from "./witness.js";

export type Codecs = { readonly [Name in LandedTopic]: RecordCodec<TopicRecords[Name]> };

/** Looks into the topics themselves, over connections that are opened with the first look. */
export class TopicWitness implements Witness {
  readonly #log: PartitionLog;

  /** @param low first offset that a partition held when it was assigned: a reset needs the landing to be stopped */
  constructor(
    kafka: Kafka,
    private readonly names: Names,
    private readonly codecs: Codecs,
    private readonly low: (topic: TopicName, partition: number) => number | undefined,
  ) {
    this.#log = new PartitionLog(kafka);
  }

  isDeleted(topic: LandedTopic, { partition, offset }: Place): boolean {
    return offset < (this.low(topic, partition) ?? 0);
  }

  async look(topic: LandedTopic, { partition, offset }: Place): Promise<Seen | undefined> {
    const codec = this.codecs[topic] as RecordCodec<TopicRecords[LandedTopic]>;
    for await (const records of this.#log.read(this.names.topic(topic), partition, offset, offset + 1)) {
      for (const { value, headers } of records)
        return { record: await codec.read(value), trigger: headers[lineageHeaders.trigger] };
    }
    return undefined;
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
