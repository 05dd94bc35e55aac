import type { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import type avro from "avsc";

/** A schema registry that holds one schema under id 1, and counts the requests. */
export class MemoryRegistry {
  asked = 0;
  /** Thrown at every question. */
  fault: Error | undefined;

  constructor(readonly writers: ReadonlyMap<number, avro.Type> = new Map()) {}

  getRegistryIdBySchema = async (): Promise<number> => 1;

  getSchema = async (id: number): Promise<avro.Type> => {
    this.asked += 1;
    if (this.fault) throw this.fault;
    const writer = this.writers.get(id);
    if (!writer) throw Object.assign(new Error(`Schema ${id} not found`), { status: 404 });
    return writer;
  };

  get client(): SchemaRegistry {
    return this as unknown as SchemaRegistry;
  }
}
