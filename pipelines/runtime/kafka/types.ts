/**
 * The port through which the pipeline uses Kafka: what it needs and no more, so that the client behind it can change.
 * Offsets are numbers (safe to 2^53).
 */
export type Headers = Readonly<Record<string, string>>;

/** A record as stored in a partition. */
export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The broker's time stamp, ms since 1970. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** A record to be written to a given partition. */
export interface NewRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  /** null writes a tombstone. */
  readonly value: Buffer | null;
  readonly headers?: Headers;
}

/** What one fetch brought of one partition; control records and aborted records are left out. */
export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
  /** Offset from which was fetched. Nothing between it and `nextOffset` is missing. */
  readonly fetchedOffset: number;
  readonly nextOffset: number;
  readonly records: readonly StoredRecord[];
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface CommittedOffset extends TopicPartition {
  readonly offset: number;
  /** Kept with the offset, at most 4,096 bytes. */
  readonly metadata?: string;
}
