/** Whether a topic still holds the record of a place: it distinguishes a doubled record from one that was published anew. */
import type { LandedTopic } from "../../schemas/topics.js";

export interface Place {
  readonly partition: number;
  readonly offset: number;
}

export interface Seen {
  readonly record: unknown;
  readonly trigger?: string | undefined;
}

export interface Witness {
  /** Whether the place lies below what the topic holds: retention or a reset has deleted it. Needs no request. */
  isDeleted(topic: LandedTopic, place: Place): boolean;
  /** What lies there now; undefined when it is no record that a reader sees. */
  look(topic: LandedTopic, place: Place): Promise<Seen | undefined>;
}
