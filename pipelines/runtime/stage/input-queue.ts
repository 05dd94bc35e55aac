import { compareMergeKeys, inputPosition, type InputPosition } from "../../../operators/merge.js";
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import { UndecodableError, type RecordCodec } from "../codec.js";
import type { FetchedBatch, StoredRecord } from "../kafka/types.js";

/** A buffered input record, decoded. */
export interface Entry extends InputPosition {
  readonly topic: TopicName;
  readonly stored: StoredRecord;
  /** The record, or why its bytes are not one. */
  readonly decoded: TopicRecords[TopicName] | UndecodableError;
}

/** Where a record stands in its input; one that cannot be decoded goes first, so that it holds up nothing. */
export function toEntry(topic: TopicName, stored: StoredRecord, decoded: Entry["decoded"]): Entry {
  const position =
    decoded instanceof UndecodableError
      ? { availableAt: -Infinity, id: String(stored.offset) }
      : inputPosition(topic, decoded);
  return { topic, stored, decoded, availableAt: position.availableAt, id: position.id };
}

/** A record in a sorted part: its bytes and its place in the order, decoded again when its turn comes. */
interface SortedRecord extends InputPosition {
  readonly stored: StoredRecord;
}

/** See `InputQueue.place`; a text inside a sorted part and at its end alone. */
export type QueuePlace = number | string;

/** "wait" when a record is known to come, "none" when there is none. */
export type Peeked = Entry | "wait" | "none";

/** Sorting a backlog of one partition holds it in memory; beyond this the backfill must come in smaller slices. */
export const sortLimit = 1_000_000;

/**
 * The bounded buffer of one input partition of a task.
 *
 * A partition that several tasks write to ("repartitioned") has no order of its own that two runs would share, so a
 * backfill sorts what it holds, up to `end`, by (availableAt, id). Its committed offset then stays where it is until
 * the sorted part is done, and the position inside it is committed beside it.
 */
export class InputQueue {
  #records: StoredRecord[] = [];
  #head = 0;
  #headEntry: Entry | undefined;
  #bytes = 0;
  /** Next offset to be fetched. */
  next = 0;
  /** Offset to commit: everything below has had its outcome. */
  position = 0;
  /** Until here the input is known to hold records: the merge waits for them. */
  end = 0;
  /** Set while the records up to `end` are being sorted. */
  sorting: { records: SortedRecord[] | undefined; after: InputPosition | undefined } | undefined;
  /** The sorted part that is done. */
  sorted: { readonly from: number; readonly end: number } | undefined;
  #ceiling = Infinity;
  /** Whether fetching is paused for lack of room. */
  paused = false;

  constructor(
    readonly name: TopicName,
    /** Name on the broker. */
    readonly topic: string,
    readonly partition: number,
    private readonly codec: RecordCodec<TopicRecords[TopicName]>,
    private readonly limits: { readonly records: number; readonly bytes: number } = {
      // Some batches and some fetches: more would only take memory (a process holds this for each input partition).
      records: 10_000,
      bytes: 8 << 20,
    },
  ) {}

  /**
   * @param options.sortAfter sort the records below `end`, and go on after this entry
   * @param options.stopAtEnd give nothing at or beyond `end`
   */
  reset(position: number, end: number, options: { sortAfter?: InputPosition | "beginning"; stopAtEnd: boolean }): void {
    const { sortAfter } = options;
    this.#ceiling = options.stopAtEnd ? end : Infinity;
    this.#records = [];
    this.#head = 0;
    this.#headEntry = undefined;
    this.#bytes = 0;
    this.next = position;
    this.position = position;
    this.end = end;
    this.sorting =
      sortAfter && position < end
        ? { records: undefined, after: sortAfter === "beginning" ? undefined : sortAfter }
        : undefined;
    this.sorted = undefined;
    this.paused = false;
  }

  get length(): number {
    return this.#records.length - this.#head + (this.sorting?.records?.length ?? 0);
  }

  get full(): boolean {
    if (this.sorting && !this.sorting.records) return false;
    return this.length >= this.limits.records || this.#bytes >= this.limits.bytes;
  }

  /** Room enough to go on after having been full. */
  get drained(): boolean {
    return this.length < this.limits.records / 2 && this.#bytes < this.limits.bytes / 2;
  }

  /** Everything that is known to be in the input has been taken. */
  get finished(): boolean {
    const head = this.#records[this.#head];
    return this.next >= this.end && !this.sorting && (head === undefined || head.offset >= this.#ceiling);
  }

  /** @returns false when the batch leaves a gap, so that the input must be sought to `next` */
  push(batch: FetchedBatch): boolean {
    if (batch.fetchedOffset > this.next) return false;
    for (const record of batch.records) {
      if (record.offset < this.next) continue;
      this.#records.push(record);
      this.#bytes += sizeOf(record);
    }
    this.next = Math.max(this.next, batch.nextOffset);
    return true;
  }

  skip(nextOffset: number): void {
    this.next = Math.max(this.next, nextOffset);
  }

  /** The next entry; a promise only where a writer's schema must be fetched first, or the records sorted. */
  peek(): Peeked | Promise<Peeked> {
    if (this.#headEntry) return this.#headEntry;
    if (this.sorting) return this.#peekSorted(this.sorting);
    const record = this.#records[this.#head];
    if (!record) return this.next < this.end ? "wait" : "none";
    if (record.offset >= this.#ceiling) return "none";
    const entry = this.#decode(record);
    if (!(entry instanceof Promise)) return (this.#headEntry = entry);
    return entry.then((decoded) => (this.#headEntry = decoded));
  }

  /**
   * How far it was read, for the header of an output: the position; inside a sorted part `from~end`, which does not move
   * before all of it is done, and `from~end!` then.
   */
  get place(): QueuePlace {
    if (this.sorting) return `${this.position}~${this.end}`;
    const { sorted } = this;
    return sorted?.end === this.position ? `${sorted.from}~${sorted.end}!` : this.position;
  }

  /** Removes the entry that `peek` gave. */
  shift(): void {
    this.#headEntry = undefined;
    if (this.sorting?.records) {
      const done = this.sorting.records.pop();
      if (done) this.sorting.after = { availableAt: done.availableAt, id: done.id };
      if (this.sorting.records.length === 0) this.#finishSorting();
      return;
    }
    const record = this.#records[this.#head];
    if (!record) return;
    this.#bytes -= sizeOf(record);
    this.#head += 1;
    this.position = record.offset + 1;
    if (this.#head > 4096 && this.#head * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }

  async #peekSorted(sorting: NonNullable<InputQueue["sorting"]>): Promise<Peeked> {
    if (!sorting.records) {
      if (this.#records.length > sortLimit) {
        throw new Error(`more than ${sortLimit} records of ${this.topic} to sort: load the history in smaller slices`);
      }
      if (this.next < this.end) return "wait";
      const within = this.#records.filter(({ offset }) => offset < this.end);
      const sorted: SortedRecord[] = [];
      // Only what the order needs is kept: decoded, a record takes several times its bytes.
      for (const stored of within) {
        const { availableAt, id } = await this.#decode(stored);
        const record = { stored, availableAt, id };
        if (!sorting.after || compareMergeKeys(record, sorting.after) > 0) sorted.push(record);
      }
      // Taken from the back, so the last comes first.
      sorting.records = sorted.sort((a, b) => compareMergeKeys(b, a));
      this.#records = this.#records.slice(within.length);
      this.#bytes = this.#records.reduce((sum, record) => sum + sizeOf(record), 0);
    }
    const head = sorting.records.at(-1);
    if (head) return (this.#headEntry = await this.#decode(head.stored));
    this.#finishSorting();
    return this.peek();
  }

  #finishSorting(): void {
    this.sorting = undefined;
    this.sorted = { from: this.position, end: this.end };
    this.position = this.end;
  }

  #decode(stored: StoredRecord): Entry | Promise<Entry> {
    const { codec } = this;
    if (codec.missingSchema(stored.value) === undefined) return this.#toEntry(stored, () => codec.decode(stored.value));
    return codec.read(stored.value).then(
      (record) => this.#toEntry(stored, () => record),
      (error: unknown) =>
        this.#toEntry(stored, () => {
          throw error;
        }),
    );
  }

  #toEntry(stored: StoredRecord, read: () => TopicRecords[TopicName]): Entry {
    let record: TopicRecords[TopicName];
    try {
      record = read();
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error;
      return toEntry(this.name, stored, error);
    }
    return toEntry(this.name, stored, record);
  }
}

const sizeOf = (record: StoredRecord): number => (record.value?.length ?? 0) + (record.key?.length ?? 0) + 100;
