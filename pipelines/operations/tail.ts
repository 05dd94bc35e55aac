import { topicNames, topics, type TopicName, type TopicRecords } from "../../schemas/topics.js";
import { createSchemaRegistry, RecordCodec, subjectOf, UndecodableError } from "../runtime/codec.js";
import { readTopic } from "../runtime/kafka/read-topic.js";
import type { StoredRecord } from "../runtime/kafka/types.js";
import type { Connection } from "./connection.js";

export interface TailOptions {
  readonly from: "beginning" | "end";
  /** Only records of one of these keys. */
  readonly keys?: ReadonlySet<string> | undefined;
  /** Only records of one of these symbols: by their key where that is the symbol, else by what they hold. */
  readonly symbols?: ReadonlySet<string> | undefined;
  /** Ends after so many records. */
  readonly count?: number | undefined;
  /** Ends when this resolves. */
  readonly until: Promise<void>;
  readonly onWaiting: (topic: string) => void;
  readonly onRecord: (record: TailedRecord) => void;
}

/** A record of a topic, decoded. */
export interface TailedRecord extends Omit<StoredRecord, "topic" | "timestamp" | "value"> {
  readonly timestamp: string;
  readonly value: unknown;
}

type Decode = (value: Buffer | null) => Promise<unknown>;

const isCatalogued = (name: string): name is TopicName => (topicNames as readonly string[]).includes(name);

/** Hands over the records of a topic, of the catalogue or of rejects, decoded and in the order of each partition. */
export async function tail(connection: Connection, topic: string, options: TailOptions): Promise<void> {
  const { kafka, admin, config, names } = connection;
  const physical = isCatalogued(topic) ? names.topic(topic) : config.topicPrefix + topic;
  const decode = isCatalogued(topic) ? await decoderOf(connection, topic) : undecoded;
  const most = options.count ?? Infinity;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let handed = 0;
  let handing = Promise.resolve();
  const hand = async ({ partition, offset, timestamp, key, headers, value }: StoredRecord): Promise<void> => {
    if (handed >= most) return finish();
    const decoded = await decode(value);
    if (options.symbols !== undefined && !isOf(options.symbols, key, decoded)) return;
    options.onRecord({ partition, offset, timestamp: new Date(timestamp).toISOString(), key, headers, value: decoded });
    handed += 1;
    if (handed >= most) finish();
  };
  const reader = await readTopic(
    kafka,
    admin,
    physical,
    (stored) => {
      if (options.keys === undefined || options.keys.has(stored.key ?? "")) handing = handing.then(() => hand(stored));
    },
    { from: options.from, groupPrefix: config.topicPrefix },
  );
  if (options.from === "end") options.onWaiting(physical);
  await Promise.race([finished, options.until, reader.failed]);
  await reader.stop();
}

function isOf(wanted: ReadonlySet<string>, key: string | null, decoded: unknown): boolean {
  const { symbol, symbols } = (decoded ?? {}) as { symbol?: unknown; symbols?: unknown };
  const held = Array.isArray(symbols) ? (symbols as unknown[]) : [symbol ?? key];
  return held.some((one) => typeof one === "string" && wanted.has(one));
}

async function decoderOf({ config, names }: Connection, name: TopicName): Promise<Decode> {
  const codec = await RecordCodec.open<TopicRecords[TopicName]>(
    createSchemaRegistry(config),
    subjectOf(names.topic(name)),
    topics[name].schemaFile,
  );
  return (value) =>
    codec.read(value).catch((error: unknown) => {
      if (error instanceof UndecodableError) return { undecodable: error.message };
      throw error;
    });
}

/** A topic of rejects holds the bytes of any input of its stage; the headers name the input. */
const undecoded: Decode = async (value) => (value === null ? null : { base64: value.toString("base64") });
