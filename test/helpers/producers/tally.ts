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

/** @param found each partition in its order */
export async function tally(
  found: AsyncIterable<Found> | Iterable<Found>,
  written: readonly Written[],
): Promise<Tally> {
  const seen = new Map(written.map(({ writer }) => [writer, new Map<number, number>()]));
  const latest = new Map<string, number>();
  const certain = new Map(written.map(({ writer, numbers }) => [writer, numbers]));
  const uncertain = new Map<string, Set<number>>();
  for (const { writer, uncertain: ranges } of written) {
    const numbers = new Set<number>();
    for (const [from, to] of ranges) for (let number = from; number < to; number += 1) numbers.add(number);
    uncertain.set(writer, numbers);
  }
  let [doubled, disordered, strangers, arrived] = [0, 0, 0, 0];
  for await (const { partition, value } of found) {
    const { writer, number } = parseNumber(value ?? Buffer.alloc(0));
    const counts = seen.get(writer);
    const isUncertain = uncertain.get(writer)?.has(number) ?? false;
    if (!counts || (!isUncertain && !(number >= 0 && number < (certain.get(writer) ?? 0)))) {
      strangers += 1;
      continue;
    }
    const times = counts.get(number) ?? 0;
    counts.set(number, times + 1);
    if (times > 0) {
      doubled += 1;
      continue;
    }
    if (isUncertain) arrived += 1;
    const place = `${writer} ${partition}`;
    if (number < (latest.get(place) ?? -1)) disordered += 1;
    else latest.set(place, number);
  }
  let [records, lost] = [0, 0];
  for (const { writer, numbers } of written) {
    const maybe = uncertain.get(writer);
    for (let number = 0; number < numbers; number += 1) {
      if (maybe?.has(number)) continue;
      records += 1;
      if (!seen.get(writer)?.has(number)) lost += 1;
    }
  }
  return { records: records, lost, doubled, disordered, strangers, arrived };
}
