import type { TopicName, TopicRecords } from "../../schemas/topics.js";

/** A decoded record with where it lay. */
export interface LandedRecord<Content = TopicRecords[TopicName]> {
  readonly record: Content;
  readonly partition: number;
  readonly offset: number;
  /** The broker's time stamp, ms since 1970. */
  readonly timestamp: number;
  /** topic/partition/offset of the input that caused it, where its headers have it. */
  readonly trigger?: string | undefined;
}

/** What one database transaction lands. */
export type LandingBatch = ReadonlyMap<TopicName, readonly LandedRecord[]>;
