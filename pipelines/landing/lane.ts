import { topics, type TopicName } from "../../schemas/topics.js";
import type { FetchedBatch, StoredRecord, TopicPartition } from "../runtime/kafka/types.js";
import type { ReadCounts } from "./landing-progress.js";

/** Records of one lane that land at once. */
export interface Portion {
  readonly lane: Lane;
  readonly records: readonly StoredRecord[];
  /** How many copies lie among what is passed. */
  readonly copies: number;
  /** Everything below has landed then. */
  readonly next: number;
}

export interface LanePlace extends TopicPartition {
  readonly name: TopicName;
}

export interface LaneStanding {
  /** Where the group stands. */
  readonly position: number;
  /** What the topic held when the lane was assigned. */
  readonly low: number;
  readonly end: number;
  /** Of everything below the position; undefined where that is not known. */
  readonly counts: ReadCounts | undefined;
}

/** One partition of a landed topic: what is fetched of it and waits, and how far it has landed. */
export class Lane implements LanePlace {
  readonly name: TopicName;
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly end: number;
  /** Next offset to be fetched. */
  next: number;
  #landed: number;
  #counts: ReadCounts | undefined;
  readonly #buffered: StoredRecord[] = [];
  /** Copies between `landed` and `next`, which are not buffered. */
  #copies = 0;

  constructor({ name, topic, partition }: LanePlace, { position, low, end, counts }: LaneStanding) {
    this.name = name;
    this.topic = topic;
    this.partition = partition;
    this.low = low;
    this.end = end;
    this.next = position;
    this.#landed = position;
    this.#counts = counts;
  }

  /** Everything below has landed. */
  get landed(): number {
    return this.#landed;
  }

  /** Of everything below `landed`. */
  get counts(): ReadCounts | undefined {
    return this.#counts;
  }

  get buffered(): number {
    return this.#buffered.length;
  }

  get lag(): number {
    return this.buffered + Math.max(0, this.end - this.next);
  }

  /** @returns false when the batch leaves a gap, so that the lane must be sought to `next` */
  push(batch: Pick<FetchedBatch, "fetchedOffset" | "nextOffset" | "records">): boolean {
    if (batch.fetchedOffset > this.next) return false;
    const records = batch.records.filter(({ offset }) => offset >= this.next);
    if (this.#isCopy) this.#copies += records.length;
    else for (const record of records) this.#buffered.push(record);
    this.skip(batch.nextOffset);
    return true;
  }

  skip(nextOffset: number): void {
    this.next = Math.max(this.next, nextOffset);
  }

  /** @returns undefined when there is nothing to land, nor to pass */
  take(room: number): Portion | undefined {
    const records = this.#buffered.slice(0, room);
    const isAll = records.length === this.#buffered.length;
    const next = isAll ? this.next : (records.at(-1)?.offset ?? this.#landed - 1) + 1;
    return next > this.#landed ? { lane: this, records, copies: this.#copies, next } : undefined;
  }

  /** The portion, which this lane gave last, has landed. */
  land({ records, copies, next }: Portion, counts: ReadCounts | undefined): void {
    this.#buffered.splice(0, records.length);
    this.#copies -= copies;
    this.#landed = next;
    this.#counts = counts;
  }

  /** Every partition of a topic that is broadcast holds the same records: those of the first one land, the others' pass. */
  get #isCopy(): boolean {
    return topics[this.name].broadcast && this.partition > 0;
  }
}
