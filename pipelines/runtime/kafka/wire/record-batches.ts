/**
 * The records of a fetched partition, decoded only as far as it is used. KafkaJS makes five buffers, two readers and
 * several 64-bit objects of each record before anybody has seen it.
 */

/** What KafkaJS keeps of a record's batch: with it it recognises the records of aborted transactions. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly partitionLeaderEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly maxTimestamp: string;
  readonly timestampType: number;
  readonly magicByte: number;
}

export type Decompress = (bytes: Buffer) => Promise<Buffer>;

/** The places of one record's parts in the buffer of its batch; −1 for a null. */
export class FetchedMessage {
  constructor(
    readonly offset: string,
    readonly timestamp: string,
    readonly attributes: number,
    readonly batchContext: BatchContext,
    private readonly bytes: Buffer,
    private readonly keyStart: number,
    private readonly keyEnd: number,
    private readonly valueStart: number,
    private readonly valueEnd: number,
    private readonly headersStart: number,
  ) {}

  get magicByte(): number {
    return this.batchContext.magicByte;
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }

  get key(): Buffer | null {
    return this.keyStart < 0 ? null : this.bytes.subarray(this.keyStart, this.keyEnd);
  }

  get value(): Buffer | null {
    return this.valueStart < 0 ? null : this.bytes.subarray(this.valueStart, this.valueEnd);
  }

  /** A repeated header gives a list, as KafkaJS has it. */
  get headers(): Record<string, Buffer | null | (Buffer | null)[]> {
    const headers: Record<string, Buffer | null | (Buffer | null)[]> = {};
    const reader = new Reader(this.bytes, this.headersStart);
    for (let left = reader.varint(); left > 0; left -= 1) {
      const name = reader.text();
      const value = reader.blob();
      const known = headers[name];
      if (known === undefined) headers[name] = value;
      else headers[name] = Array.isArray(known) ? [...known, value] : [known, value];
    }
    return headers;
  }

  /** The key as text, without a buffer of its own. */
  get keyText(): string | null {
    return this.keyStart < 0 ? null : this.bytes.toString("utf8", this.keyStart, this.keyEnd);
  }

  /** The first value of each header, as text. */
  get headerTexts(): Record<string, string> {
    const headers: Record<string, string> = {};
    const reader = new Reader(this.bytes, this.headersStart);
    for (let left = reader.varint(); left > 0; left -= 1) {
      const name = reader.text();
      const length = reader.varint();
      if (length < 0) continue;
      const value = this.bytes.toString("utf8", reader.at, reader.at + length);
      reader.at += length;
      headers[name] ??= value;
    }
    return headers;
  }
}

/** Of a record batch: up to its records, and of that what its length does not count. */
const overhead = 61;
const beforeLength = 12;

/** @param bytes whole record batches (magic 2) and perhaps a part of one, which is left out */
export async function decodeRecordBatches(
  bytes: Buffer,
  decompressorOf: (attributes: number) => Decompress | undefined,
): Promise<FetchedMessage[]> {
  const messages: FetchedMessage[] = [];
  for (let start = 0; start + overhead <= bytes.length;) {
    const end = start + beforeLength + bytes.readInt32BE(start + 8);
    if (end > bytes.length) break;
    const attributes = bytes.readInt16BE(start + 21);
    const decompress = decompressorOf(attributes);
    const count = bytes.readInt32BE(start + 57);
    if (!decompress) decodeRecords(bytes, start, bytes, start + overhead, count, messages);
    else if (count > 0) {
      const records = await decompress(bytes.subarray(start + overhead, end));
      decodeRecords(bytes, start, records, 0, count, messages);
    }
    start = end;
  }
  return messages;
}

function decodeRecords(
  batch: Buffer,
  start: number,
  bytes: Buffer,
  recordsStart: number,
  count: number,
  messages: FetchedMessage[],
): void {
  const attributes = batch.readInt16BE(start + 21);
  const firstOffset = batch.readBigInt64BE(start);
  const firstTimestamp = batch.readBigInt64BE(start + 27);
  const context: BatchContext = {
    firstOffset: String(firstOffset),
    partitionLeaderEpoch: batch.readInt32BE(start + 12),
    magicByte: batch.readInt8(start + 16),
    lastOffsetDelta: batch.readInt32BE(start + 23),
    firstTimestamp: String(firstTimestamp),
    maxTimestamp: String(batch.readBigInt64BE(start + 35)),
    producerId: String(batch.readBigInt64BE(start + 43)),
    producerEpoch: batch.readInt16BE(start + 51),
    firstSequence: batch.readInt32BE(start + 53),
    timestampType: attributes & 0x8 ? 1 : 0,
    inTransaction: (attributes & 0x10) > 0,
    isControlBatch: (attributes & 0x20) > 0,
  };
  // Offsets are safe as numbers to 2^53.
  const base = Number(firstOffset);
  const isAppendTime = context.timestampType === 1;
  const reader = new Reader(bytes, recordsStart);
  for (let index = 0; index < count; index += 1) {
    const length = reader.varint();
    const next = reader.at + length;
    const recordAttributes = bytes.readInt8(reader.at);
    reader.at += 1;
    const delta = reader.varlong();
    const timestamp = isAppendTime ? context.maxTimestamp : String(Number(firstTimestamp) + delta);
    const offset = String(base + reader.varint());
    const keyLength = reader.varint();
    const keyStart = keyLength < 0 ? -1 : reader.at;
    const keyEnd = (reader.at += Math.max(0, keyLength));
    const valueLength = reader.varint();
    const valueStart = valueLength < 0 ? -1 : reader.at;
    const valueEnd = (reader.at += Math.max(0, valueLength));
    messages.push(
      new FetchedMessage(
        offset,
        timestamp,
        recordAttributes,
        context,
        bytes,
        keyStart,
        keyEnd,
        valueStart,
        valueEnd,
        reader.at,
      ),
    );
    reader.at = next;
  }
}

class Reader {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  varint(): number {
    let result = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.bytes[this.at++] as number;
      result |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return (result >>> 1) ^ -(result & 1);
  }

  /** Of up to 53 bits: the distance of two times in ms. */
  varlong(): number {
    let result = 0;
    let factor = 1;
    let byte: number;
    do {
      byte = this.bytes[this.at++] as number;
      result += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte >= 0x80);
    return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
  }

  text(): string {
    const length = this.varint();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  blob(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
