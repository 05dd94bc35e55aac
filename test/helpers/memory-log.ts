import type { PartitionBounds, PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import type { StoredRecord, TopicPartition } from "../../pipelines/runtime/kafka/types.js";

/** A record as stored in a partition, with what does not matter filled in. */
export function stored(place: TopicPartition & { readonly offset: number }, fields: Partial<StoredRecord> = {}) {
  return { timestamp: 0, key: "k", value: Buffer.from("value"), headers: {}, ...place, ...fields };
}

/** Topics in memory, as those who read without a group see them. */
export class MemoryLog implements Pick<PartitionLog, "bounds" | "settledBounds" | "read"> {
  constructor(
    private readonly records: readonly StoredRecord[],
    private readonly partitions = 2,
    /** Offsets at the beginning that are gone. */
    private readonly low = 0,
  ) {}

  async bounds(topic: string): Promise<PartitionBounds[]> {
    return Array.from({ length: this.partitions }, (_, partition) => {
      const last = this.#of(topic, partition).at(-1);
      const end = last ? last.offset + 1 : this.low;
      return { partition, low: this.low, stable: end, high: end };
    });
  }

  settledBounds = (topic: string): Promise<PartitionBounds[]> => this.bounds(topic);

  async *read(topic: string, partition: number, from: number, to: number): AsyncGenerator<StoredRecord[]> {
    for (const record of this.#of(topic, partition)) if (record.offset >= from && record.offset < to) yield [record];
  }

  #of(topic: string, partition: number): StoredRecord[] {
    return this.records.filter((record) => record.topic === topic && record.partition === partition);
  }
}
