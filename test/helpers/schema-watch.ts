import type { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";

/** Which schemas a topic's records are written with, from the last mark on: that shows which builds write where. */
export class SchemaWatch {
  readonly #next = new Map<number, number>();
  #seen = new Map<number, Map<number, number>>();

  constructor(
    private readonly log: PartitionLog,
    private readonly topic: string,
  ) {}

  /** Forgets what came so far. */
  async mark(): Promise<void> {
    await this.look();
    this.#seen = new Map();
  }

  /** Reads on. @returns records by schema id, by partition */
  async look(): Promise<ReadonlyMap<number, ReadonlyMap<number, number>>> {
    for (const { partition, low, stable } of await this.log.bounds(this.topic)) {
      const counts = this.#seen.get(partition) ?? new Map<number, number>();
      this.#seen.set(partition, counts);
      for await (const records of this.log.read(this.topic, partition, this.#next.get(partition) ?? low, stable)) {
        for (const { value } of records) {
          const id = value?.readInt32BE(1) ?? 0;
          counts.set(id, (counts.get(id) ?? 0) + 1);
        }
      }
      this.#next.set(partition, stable);
    }
    return this.#seen;
  }
}
