import { parseNumber, type Written } from "./numbers.js";

/** What a topic holds against what was written into it. */
export interface Tally {
  /** Numbers that were acknowledged. */
  readonly records: number;
  readonly lost: number;
  readonly doubled: number;
  /** Records that follow a later number of their writer in their partition, doubled ones left out. */
  readonly disordered: number;
  /** Numbers that no load reports as written. */
  readonly strangers: number;
  /** Of the uncertain ones, those that are there. */
  readonly arrived: number;
}

interface Found {
  readonly partition: number;
  readonly value: Buffer | null;
}

/** Counts the records of one topic, which come with each partition in its order. */
export class RecordTally {
  readonly #seen: ReadonlyMap<string, Map<number, number>>;
  readonly #certain: ReadonlyMap<string, number>;
  readonly #uncertain = new Map<string, Set<number>>();
  readonly #latest = new Map<string, number>();
  readonly #counts = { doubled: 0, disordered: 0, strangers: 0, arrived: 0 };

  constructor(private readonly written: readonly Written[]) {
    this.#seen = new Map(written.map(({ writer }) => [writer, new Map<number, number>()]));
    this.#certain = new Map(written.map(({ writer, numbers }) => [writer, numbers]));
    for (const { writer, uncertain } of written) {
      const numbers = new Set<number>();
      for (const [from, to] of uncertain) for (let number = from; number < to; number += 1) numbers.add(number);
      this.#uncertain.set(writer, numbers);
    }
  }

  add({ partition, value }: Found): void {
    const { writer, number } = parseNumber(value ?? Buffer.alloc(0));
    const times = this.#seen.get(writer);
    const isUncertain = this.#uncertain.get(writer)?.has(number) ?? false;
    if (!times || (!isUncertain && !(number >= 0 && number < (this.#certain.get(writer) ?? 0)))) {
      this.#counts.strangers += 1;
      return;
    }
    const before = times.get(number) ?? 0;
    times.set(number, before + 1);
    if (before > 0) {
      this.#counts.doubled += 1;
      return;
    }
    if (isUncertain) this.#counts.arrived += 1;
    const place = `${writer} ${partition}`;
    if (number < (this.#latest.get(place) ?? -1)) this.#counts.disordered += 1;
    else this.#latest.set(place, number);
  }

  result(): Tally {
    let [records, lost] = [0, 0];
    for (const { writer, numbers } of this.written) {
      const maybe = this.#uncertain.get(writer);
      for (let number = 0; number < numbers; number += 1) {
        if (maybe?.has(number)) continue;
        records += 1;
        if (!this.#seen.get(writer)?.has(number)) lost += 1;
      }
    }
    return { records, lost, ...this.#counts };
  }
}
