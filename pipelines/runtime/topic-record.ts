import { topics, type TopicName, type TopicRecords } from "../../schemas/topics.js";
import type { Headers, NewRecord } from "./kafka/types.js";
import { partitionOf } from "./kafka/partition-of.js";
import type { Names } from "./names.js";

/** How the records of a topic are encoded and dealt to its partitions. */
export interface TopicEncoding<Name extends TopicName> {
  readonly name: Name;
  readonly names: Pick<Names, "topic">;
  readonly partitions: number;
  readonly codec: { encode(record: TopicRecords[Name]): Buffer };
}

/** A record as its topic takes it: under its key, in the partition of the key, as Avro. */
export function topicRecord<Name extends TopicName>(
  { name, names, partitions, codec }: TopicEncoding<Name>,
  record: TopicRecords[Name],
  headers?: Headers,
): NewRecord {
  const { keyOf } = topics[name] as { readonly keyOf: (record: TopicRecords[Name]) => string };
  const key = keyOf(record);
  const value = codec.encode(record);
  return { topic: names.topic(name), partition: partitionOf(key, partitions), key, value, ...(headers && { headers }) };
}
