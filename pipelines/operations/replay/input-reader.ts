import { compareMergeKeys } from "../../../operators/merge.js";
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import { UndecodableError, type RecordCodec } from "../../runtime/codec.js";
import { UserError } from "../../runtime/errors.js";
import type { PartitionBounds, PartitionLog } from "../../runtime/kafka/partition-log.js";
import type { StoredRecord } from "../../runtime/kafka/types.js";
import { sortLimit, toEntry, type Entry } from "../../runtime/stage/input-queue.js";

/** One input partition of a task, read anew: by offset, or a part of it sorted, as the task read it. */
export class InputReader {
  #buffer: StoredRecord[] = [];
  #at = 0;
  #stream: AsyncGenerator<StoredRecord[]> | undefined;
  #head: Entry | undefined;
  #sorted: Entry[] | undefined;
  /** Everything below was taken. */
  position: number;

  constructor(
    private readonly log: PartitionLog,
    readonly name: TopicName,
    readonly topic: string,
    readonly bounds: PartitionBounds,
    private readonly codec: RecordCodec<TopicRecords[TopicName]>,
    private readonly replace: (name: TopicName, record: unknown) => unknown,
  ) {
    this.position = bounds.low;
  }

  /** From here on the records up to `end` are taken in the order of (availableAt, id). */
  async sortUpTo(end: number): Promise<void> {
    const entries: Entry[] = [];
    for (let head = await this.head(end); head; head = await this.head(end)) {
      entries.push(head);
      if (entries.length > sortLimit) throw new UserError(`${this.topic} has more than ${sortLimit} records to sort`);
      this.#takePlain(head);
    }
    this.position = Math.max(this.position, end);
    // Taken from the back.
    this.#sorted = entries.sort((one, other) => compareMergeKeys(other, one));
  }

  get isSorted(): boolean {
    return this.#sorted !== undefined && this.#sorted.length > 0;
  }

  hasTaken(offset: number): boolean {
    return offset < this.position && !(this.#sorted?.some(({ stored }) => stored.offset === offset) ?? false);
  }

  /** The next entry below this offset; inside a sorted part the next in its order. */
  async head(below: number): Promise<Entry | undefined> {
    if (this.#sorted) {
      const next = this.#sorted.at(-1);
      if (next) return next;
      this.#sorted = undefined;
    }
    this.#head ??= await this.#read();
    return this.#head && this.#head.stored.offset < below ? this.#head : undefined;
  }

  /** Removes what `head` gave. */
  take(): void {
    if (this.#sorted) this.#sorted.pop();
    else if (this.#head) this.#takePlain(this.#head);
  }

  #takePlain({ stored }: Entry): void {
    this.position = stored.offset + 1;
    this.#head = undefined;
  }

  async #read(): Promise<Entry | undefined> {
    this.#stream ??= this.log.read(this.topic, this.bounds.partition, this.bounds.low, this.bounds.stable);
    while (this.#at >= this.#buffer.length) {
      const next = await this.#stream.next();
      if (next.done) return undefined;
      this.#buffer = next.value;
      this.#at = 0;
    }
    const stored = this.#buffer[this.#at];
    this.#at += 1;
    return stored && this.#decode(stored);
  }

  async #decode(stored: StoredRecord): Promise<Entry> {
    try {
      const decoded = this.replace(this.name, await this.codec.read(stored.value)) as TopicRecords[TopicName];
      return toEntry(this.name, stored, decoded);
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error;
      return toEntry(this.name, stored, error);
    }
  }
}
