import { rounded } from "./statistics.js";

export interface Throughput {
  readonly records: number;
  readonly perSecond: number;
  readonly commits: number;
}

/** Speed from the end of the first commit to the end of the last: joining the group and the first fetch are not in it. */
export class Meter {
  #first: { at: number; records: number } | undefined;
  #records = 0;
  #commits = 0;

  constructor(
    private readonly expected: number,
    private readonly onComplete: (throughput: Throughput) => void,
  ) {}

  committed(records: number): void {
    const now = performance.now();
    this.#first ??= { at: now, records };
    this.#records += records;
    this.#commits += 1;
    if (this.#records < this.expected) return;
    const perSecond = ((this.#records - this.#first.records) / (now - this.#first.at)) * 1000;
    this.onComplete({ records: this.#records, perSecond: rounded(perSecond, 0), commits: this.#commits });
  }
}
