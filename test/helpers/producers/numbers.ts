/** Numbered records: what a producer was given can be counted in the topic, each number once and in its order. */
import type { NewRecord } from "../../../pipelines/runtime/kafka/types.js";

export const partitions = 6;

/** From and up to, but without. */
export type Range = readonly [number, number];

/** What a load has written, by its own count. */
export interface Written {
  readonly writer: string;
  /** Acknowledged are 0 to `numbers` - 1, except what is uncertain. */
  readonly numbers: number;
  /** What was on its way when a send failed, or the process was killed: it may be there, though not twice. */
  readonly uncertain: readonly Range[];
}

export interface BatchOptions {
  readonly topic: string;
  readonly writer: string;
  readonly from: number;
  readonly count: number;
  /** Bytes of a value. */
  readonly bytes: number;
}

/** Number n lies in partition n modulo {@link partitions}. */
export function* numbered({ topic, writer, from, count, bytes }: BatchOptions): Generator<NewRecord> {
  for (let number = from; number < from + count; number += 1) {
    const value = Buffer.from(`${writer}:${number}`.padEnd(bytes));
    yield { topic, partition: number % partitions, key: String(number), value };
  }
}

export function parseNumber(value: Buffer): { writer: string; number: number } {
  const [writer = "", number] = value.toString().split(":");
  return { writer, number: Number(number) };
}
