/**
 * The body of a Produce request (versions 3 to 7) as one buffer of the right size:
 *
 *     transactional_id acks timeout [topic [partition record_batch]]
 *
 * with one uncompressed record batch (magic 2) a partition, and in each record
 *
 *     length attributes timestamp_delta offset_delta key value [header]
 *
 * (https://kafka.apache.org/documentation/#recordbatch). KafkaJS builds each field of each record in a buffer of its own
 * and copies it four times on its way to the socket.
 */
import { crc32c } from "./crc32c.js";
import { textLength, writeText } from "./text.js";

/** A message without a time stamp of its own: the broker gives it one. */
export interface WireMessage {
  readonly key: string | Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}

export interface WirePartition {
  readonly partition: number;
  readonly firstSequence: number;
  readonly messages: readonly WireMessage[];
}

export interface ProduceBody {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly timeout: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly WirePartition[] }[];
  /** ms since 1970. */
  readonly now: number;
}

/** Of a record batch, before its records. */
const batchOverhead = 61;
/** What the length of a batch does not count: its first offset and itself. */
const beforeLength = 12;

export function encodeProduceBody(body: ProduceBody): Buffer {
  // Each record's length is needed twice, and computed once.
  const lengths: number[] = [];
  let size = nullableTextSize(body.transactionalId) + 2 + 4 + 4;
  for (const { topic, partitions } of body.topics) {
    size += 2 + textLength(topic) + 4;
    for (const { messages } of partitions) {
      size += 4 + 4 + batchOverhead;
      messages.forEach((message, index) => {
        const length = recordLength(message, index);
        lengths.push(length);
        size += varintSize(length) + length;
      });
    }
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = writeNullableText(bytes, 0, body.transactionalId);
  at = bytes.writeInt16BE(body.acks, at);
  at = bytes.writeInt32BE(body.timeout, at);
  at = bytes.writeInt32BE(body.topics.length, at);
  let first = 0;
  for (const { topic, partitions } of body.topics) {
    at = writeNullableText(bytes, at, topic);
    at = bytes.writeInt32BE(partitions.length, at);
    for (const partition of partitions) {
      at = bytes.writeInt32BE(partition.partition, at);
      const start = at + 4;
      at = writeRecordBatch(bytes, start, body, partition, lengths, first);
      bytes.writeInt32BE(at - start, start - 4);
      first += partition.messages.length;
    }
  }
  return bytes;
}

function writeRecordBatch(
  bytes: Buffer,
  start: number,
  { transactionalId, producerId, producerEpoch, now }: ProduceBody,
  { firstSequence, messages }: WirePartition,
  lengths: readonly number[],
  first: number,
): number {
  bytes.writeBigInt64BE(0n, start); // first offset: the broker's
  // The length and the checksum come last.
  bytes.writeInt32BE(0, start + beforeLength); // partition leader epoch
  bytes[start + 16] = 2; // magic
  bytes.writeInt16BE(transactionalId === null ? 0 : 16, start + 21); // attributes: in a transaction or not
  bytes.writeInt32BE(messages.length - 1, start + 23); // last offset delta
  bytes.writeBigInt64BE(BigInt(now), start + 27); // first time stamp
  bytes.writeBigInt64BE(BigInt(now), start + 35); // latest time stamp
  bytes.writeBigInt64BE(producerId, start + 43);
  bytes.writeInt16BE(producerEpoch, start + 51);
  bytes.writeInt32BE(firstSequence, start + 53);
  bytes.writeInt32BE(messages.length, start + 57);
  let at = start + batchOverhead;
  messages.forEach((message, index) => {
    at = writeRecord(bytes, at, message, index, lengths[first + index] as number);
  });
  bytes.writeInt32BE(at - start - beforeLength, start + 8);
  bytes.writeUInt32BE(crc32c(bytes, start + 21, at), start + 17);
  return at;
}

function recordLength({ key, value, headers }: WireMessage, offsetDelta: number): number {
  // One byte of attributes and a time stamp delta of 0.
  let length = 2 + varintSize(offsetDelta) + blobSize(key) + blobSize(value);
  if (headers === undefined) return length + 1;
  const names = Object.keys(headers);
  for (const name of names) length += blobSize(name) + blobSize(headers[name] as string | Buffer);
  return length + varintSize(names.length);
}

function writeRecord(
  bytes: Buffer,
  start: number,
  { key, value, headers }: WireMessage,
  offsetDelta: number,
  length: number,
): number {
  let at = writeVarint(bytes, start, length);
  bytes[at] = 0;
  bytes[at + 1] = 0;
  at = writeVarint(bytes, at + 2, offsetDelta);
  at = writeBlob(bytes, at, key);
  at = writeBlob(bytes, at, value);
  if (headers === undefined) {
    bytes[at] = 0;
    return at + 1;
  }
  const names = Object.keys(headers);
  at = writeVarint(bytes, at, names.length);
  for (const name of names) {
    at = writeBlob(bytes, at, name);
    at = writeBlob(bytes, at, headers[name] as string | Buffer);
  }
  return at;
}

function blobSize(blob: string | Buffer | null): number {
  if (blob === null) return 1;
  const length = typeof blob === "string" ? textLength(blob) : blob.length;
  return varintSize(length) + length;
}

function writeBlob(bytes: Buffer, start: number, blob: string | Buffer | null): number {
  if (blob === null) {
    bytes[start] = 1; // −1, zigzag
    return start + 1;
  }
  if (typeof blob === "string") {
    const length = textLength(blob);
    return writeText(bytes, writeVarint(bytes, start, length), blob, length);
  }
  const at = writeVarint(bytes, start, blob.length);
  bytes.set(blob, at);
  return at + blob.length;
}

/** Of a number from 0 to 2^30, as all lengths and offset deltas of one request are. */
function varintSize(value: number): number {
  if (value < 1 << 6) return 1;
  if (value < 1 << 13) return 2;
  if (value < 1 << 20) return 3;
  return value < 1 << 27 ? 4 : 5;
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let rest = value << 1; // zigzag
  let at = start;
  for (; (rest & ~0x7f) !== 0; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at] = rest;
  return at + 1;
}

const nullableTextSize = (text: string | null): number => 2 + (text === null ? 0 : textLength(text));

function writeNullableText(bytes: Buffer, at: number, text: string | null): number {
  if (text === null) return bytes.writeInt16BE(-1, at);
  const length = textLength(text);
  return writeText(bytes, bytes.writeInt16BE(length, at), text, length);
}
