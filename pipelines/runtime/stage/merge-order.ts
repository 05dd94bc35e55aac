/**
 * In which order a task took its inputs between two outputs. The log shows it nearly always: an output's header has how far
 * each input had been read, and what was read since the output before is merged by (availableAt, rank) as the task does.
 * But a task that runs live takes what is there, and a record that arrives a moment later with an earlier `availableAt` comes
 * after it. Where that happened the order is written into the next output's header; nowhere else does it cost anything.
 */

import { compareMergeKeys } from "../../../operators/merge.js";

export interface OrderRun {
  /** Input partition, by its place in the task's order. */
  readonly queue: number;
  readonly count: number;
}

/** The content of the header. */
export interface LoggedOrder {
  /** Up to these positions the order is the merge's own. */
  readonly from: readonly number[] | undefined;
  readonly runs: readonly OrderRun[];
}

/** Longer ones are left out, and marked as unknown. */
const longest = 16_000;
/** What can stand beside an offset; see `encodeProgress`. */
const longestCarried = 2500;
const unknown = "?";

/** What is carried over a restart: which keys may no longer come, or the order itself. */
export type CarriedOrder = string;

interface Key {
  readonly availableAt: number;
  /** The input partition: its rank in the merge. */
  readonly rank: number;
}

const isBefore = (one: Key, other: Key): boolean => compareMergeKeys(one, other) < 0;

export class MergeOrder {
  /** By queue: the greatest key taken from the others since its own last. A smaller one would have gone first. */
  readonly #barriers: (Key | undefined)[];
  #runs: { queue: number; count: number }[] = [];
  /** Where `runs` begin, when the order before is known to be the merge's own. */
  #from: readonly number[] | undefined;
  #isOwn = true;
  /** Whether the last one taken broke the order: as a trigger it may, since it goes last in any case. */
  #brokenByLast = false;
  #isLost = false;

  /**
   * @param queues input partitions of the task
   * @param positions where they stand
   * @param carried what the task before had committed
   */
  constructor(
    private readonly queues: number,
    positions: readonly number[],
    carried?: CarriedOrder,
  ) {
    this.#barriers = Array.from({ length: queues }, () => undefined);
    if (!carried) return;
    if (carried === unknown) this.#isLost = true;
    else if (carried.startsWith("b")) {
      this.#from = positions;
      carried
        .slice(1)
        .split(",")
        .forEach((text, index) => {
          const [availableAt, queue] = text.split("/").map(Number);
          if (availableAt !== undefined && queue !== undefined && text !== "") {
            this.#barriers[index] = { availableAt, rank: queue };
          }
        });
    } else {
      const { from, runs } = parseOrder(carried);
      this.#from = from;
      this.#runs = runs.map((run) => ({ ...run }));
      this.#isOwn = false;
    }
  }

  /** An input was taken. @param availableAt of its record; the merge compares this, then the queue */
  take(queue: number, availableAt: number): void {
    if (this.queues < 2) return;
    if (this.#brokenByLast) this.#isOwn = false;
    const key = { availableAt, rank: queue };
    const barrier = this.#barriers[queue];
    this.#brokenByLast = barrier !== undefined && isBefore(key, barrier);
    for (let other = 0; other < this.queues; other += 1) {
      if (other === queue) continue;
      const known = this.#barriers[other];
      if (!known || isBefore(known, key)) this.#barriers[other] = key;
    }
    this.#barriers[queue] = undefined;
    const last = this.#runs.at(-1);
    if (last?.queue === queue) last.count += 1;
    else this.#runs.push({ queue, count: 1 });
  }

  /** The last one taken gives an output. @returns the header's value; undefined where the log shows the order */
  emitted(): string | undefined {
    const order = this.#isLost ? unknown : this.#isOwn ? undefined : this.#text();
    this.#reset();
    return order !== undefined && order.length > longest ? unknown : order;
  }

  /** What to commit beside the offsets; undefined when nothing was taken since the last output. */
  carried(): CarriedOrder | undefined {
    if (this.queues < 2) return undefined;
    if (this.#isLost) return unknown;
    if (this.#isOwn && !this.#brokenByLast) {
      if (this.#barriers.every((barrier) => barrier === undefined)) return undefined;
      return `b${this.#barriers.map((key) => (key ? `${key.availableAt}/${key.rank}` : "")).join(",")}`;
    }
    const text = this.#text();
    return text.length > longestCarried ? unknown : text;
  }

  #text(): string {
    const runs = this.#runs.map(({ queue, count }) => `${queue}*${count}`).join(",");
    return this.#from ? `${this.#from.join(".")};${runs}` : runs;
  }

  #reset(): void {
    this.#barriers.fill(undefined);
    this.#runs = [];
    this.#from = undefined;
    this.#isOwn = true;
    this.#brokenByLast = false;
    this.#isLost = false;
  }
}

/** @returns no runs for an order that was too long to be logged */
export function parseOrder(text: string): LoggedOrder & { readonly isLost: boolean } {
  if (text === unknown) return { from: undefined, runs: [], isLost: true };
  const [before, after] = text.includes(";") ? (text.split(";") as [string, string]) : [undefined, text];
  const runs = after.split(",").map((run) => {
    const [queue, count] = run.split("*").map(Number);
    if (queue === undefined || count === undefined || !(count > 0)) throw new Error(`"${text}" is no order`);
    return { queue, count };
  });
  return { from: before?.split(".").map(Number), runs, isLost: false };
}
