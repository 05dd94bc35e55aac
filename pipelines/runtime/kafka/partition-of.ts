import { Partitioners } from "./kafkajs.js";

const partitioner = Partitioners.DefaultPartitioner();

/** Partition of a key: murmur2, as the Java client has it, so that equal keys of any topic lie in equal partitions. */
export function partitionOf(key: string, partitions: number): number {
  const cached = cache.get(key);
  if (cached && cached.partitions === partitions) return cached.partition;
  const partition = partitioner({
    topic: "",
    partitionMetadata: metadataOf(partitions),
    message: { key, value: null },
  });
  if (cache.size > 50_000) cache.clear();
  // Symbols and ids are short; a key may have a megabyte.
  if (key.length <= 128) cache.set(key, { partitions, partition });
  return partition;
}

type PartitionMetadata = Parameters<typeof partitioner>[0]["partitionMetadata"];
const cache = new Map<string, { partitions: number; partition: number }>();
const metadata = new Map<number, PartitionMetadata>();

function metadataOf(partitions: number): PartitionMetadata {
  let list = metadata.get(partitions);
  if (!list) {
    list = Array.from({ length: partitions }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 0,
      replicas: [],
      isr: [],
    }));
    metadata.set(partitions, list);
  }
  return list;
}
