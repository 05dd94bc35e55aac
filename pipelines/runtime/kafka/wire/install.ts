/**
 * Puts our own encoding and decoding of records in the place of KafkaJS's, function by function: the bytes are the same,
 * the time is not (see the README's "Measured"). KafkaJS 2.2.4 is its last release, so nothing moves under us; any other
 * version, or a replacement that does not pass its check at start, leaves KafkaJS as it is.
 */
import { createRequire } from "node:module";
import { encodeProduceBody, type WireMessage } from "./produce-request.js";
import { decodeRecordBatches, type Decompress } from "./record-batches.js";

/** The version whose internals these replacements were written for and compared with. */
export const knownVersion = "2.2.4";

interface Encoder {
  readonly buf: Buffer;
  readonly buffer: Buffer;
  size(): number;
}

interface Request {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly encode: () => Promise<Encoder>;
}

interface ProduceParameters {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: string | number | bigint | { readonly value: bigint };
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: readonly Message[];
    }[];
  }[];
}

interface Message {
  readonly key?: unknown;
  readonly value?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly timestamp?: unknown;
  readonly partition?: number;
}

type ProduceRequest = (parameters: ProduceParameters) => Request;
type CreateRequest = (parameters: { correlationId: number; clientId: string; request: Request }) => Promise<Encoder>;
interface Decoder {
  readonly buffer: Buffer;
  readonly offset: number;
  readInt32(): number;
  canReadBytes(length: number): boolean;
  readBytes(length: number): Buffer;
}
type DecodeMessages = (decoder: Decoder) => Promise<readonly unknown[]>;

const asEncoder = (bytes: Buffer): Encoder => ({ buf: bytes, buffer: bytes, size: () => bytes.length });

/** The original where a message has anything that the pipeline never writes: a compression, a time stamp, repeated headers. */
export const withFastProduce =
  (original: ProduceRequest): ProduceRequest =>
  (parameters) => {
    const request = original(parameters);
    if ((parameters.compression ?? 0) !== 0 || !parameters.topicData.every(isPlain)) return request;
    const { transactionalId, producerId = -1, acks, timeout, producerEpoch = 0 } = parameters;
    const body = {
      acks,
      timeout,
      producerEpoch,
      transactionalId: transactionalId ?? null,
      producerId: BigInt(typeof producerId === "object" ? producerId.value : producerId),
      topics: parameters.topicData.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, firstSequence = 0, messages }) => ({
          partition,
          firstSequence,
          messages: messages as readonly WireMessage[],
        })),
      })),
    };
    return { ...request, encode: async () => asEncoder(encodeProduceBody({ ...body, now: Date.now() })) };
  };

function isPlain({ partitions }: ProduceParameters["topicData"][number]): boolean {
  return partitions.every(({ messages }) =>
    messages.every(
      ({ key, value, headers, timestamp }) =>
        timestamp === undefined &&
        (key === null || typeof key === "string" || Buffer.isBuffer(key)) &&
        (value === null || Buffer.isBuffer(value)) &&
        (headers === undefined ||
          Object.values(headers).every((header) => typeof header === "string" || Buffer.isBuffer(header))),
    ),
  );
}

/** Frames a request with one copy; KafkaJS makes two, into buffers of up to twice the size that are zeroed before. */
export const createRequest: CreateRequest = async ({ correlationId, clientId, request }) => {
  const { buffer: body } = await request.encode();
  const nameLength = Buffer.byteLength(clientId);
  const bytes = Buffer.allocUnsafe(14 + nameLength + body.length);
  let at = bytes.writeInt32BE(bytes.length - 4, 0);
  at = bytes.writeInt16BE(request.apiKey, at);
  at = bytes.writeInt16BE(request.apiVersion, at);
  at = bytes.writeInt32BE(correlationId, at);
  at = bytes.writeInt16BE(nameLength, at);
  at += bytes.write(clientId, at, "utf8");
  bytes.set(body, at);
  return asEncoder(bytes);
};

/** Record batches of magic 2; older message sets go to the original. */
export const withFastDecode =
  (original: DecodeMessages, decompressorOf: (attributes: number) => Decompress | undefined): DecodeMessages =>
  async (decoder) => {
    const start = decoder.offset;
    const size = decoder.buffer.readInt32BE(start);
    const magic = size > 16 && decoder.canReadBytes(size + 4) ? decoder.buffer[start + 4 + 16] : undefined;
    if (magic !== 2) return original(decoder);
    decoder.readInt32();
    return decodeRecordBatches(decoder.readBytes(size), decompressorOf);
  };

export interface Installation {
  readonly installed: boolean;
  /** Why KafkaJS was left as it is. */
  readonly reason?: string;
}

/** Must run before KafkaJS is loaded for the first time. */
export function installFastPaths(require: NodeJS.Require = createRequire(import.meta.url)): Installation {
  const { version } = require("kafkajs/package.json") as { version: string };
  if (version !== knownVersion) return { installed: false, reason: `kafkajs ${version}, not ${knownVersion}` };
  if (require.cache[require.resolve("kafkajs")]) return { installed: false, reason: "kafkajs was loaded before" };
  const replace = <Value>(path: string, replacement: (original: Value) => Value): void => {
    const original = require(path) as Value;
    const module = require.cache[require.resolve(path)];
    if (module) module.exports = replacement(original);
  };
  const { lookupCodecByAttributes } = require("kafkajs/src/protocol/message/compression") as {
    lookupCodecByAttributes: (attributes: number) => { decompress: Decompress } | null;
  };
  replace<ProduceRequest>("kafkajs/src/protocol/requests/produce/v7/request", withFastProduce);
  replace<CreateRequest>("kafkajs/src/protocol/request", () => createRequest);
  replace<DecodeMessages>("kafkajs/src/protocol/requests/fetch/v4/decodeMessages", (original) =>
    withFastDecode(original, (attributes) => lookupCodecByAttributes(attributes)?.decompress),
  );
  return { installed: true };
}
