/**
 * Partition of a key: murmur2 (A. Appleby), made positive, modulo the partitions, as the Java client's default has it, so
 * that equal keys of any topic go to equal partitions. KafkaJS has the same function on integers that grow with the key:
 * a key of 200 kB takes it 15 s, one of a megabyte minutes, and whoever may write a record could stop a task with it.
 */
export function partitionOf(key: string, partitions: number): number {
  const hash = cache.get(key) ?? murmur2(Buffer.from(key));
  if (cache.size > 50_000) cache.clear();
  // Symbols and ids are short; a key may have a megabyte.
  if (key.length <= 128) cache.set(key, hash);
  return (hash & 0x7fffffff) % partitions;
}

const cache = new Map<string, number>();

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** @returns 32 bits, signed */
function murmur2(data: Buffer): number {
  const rest = data.length & 3;
  let hash = seed ^ data.length;
  for (let place = 0; place < data.length - rest; place += 4) {
    const word = Math.imul(data.readInt32LE(place), multiplier);
    hash = Math.imul(hash, multiplier) ^ Math.imul(word ^ (word >>> 24), multiplier);
  }
  if (rest > 0) hash = Math.imul(hash ^ data.readUIntLE(data.length - rest, rest), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
