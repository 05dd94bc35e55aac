/** Where an output comes from, by its headers; see `lineage` in process-batch.ts. */
import { lineageHeaders } from "../../../schemas/headers.js";
import { parseOrder } from "../../runtime/stage/merge-order.js";
import type { Headers } from "../../runtime/kafka/types.js";

export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** How far an input partition had been read. */
export interface JoinedPlace {
  readonly position: number;
  /** A part that was sorted by (availableAt, id): being read, or done. */
  readonly sorted?: { readonly from: number; readonly end: number; readonly isDone: boolean };
}

export interface Lineage {
  readonly trigger: Place;
  /** In the order of the task's input partitions; empty for a task with one. */
  readonly joined: readonly JoinedPlace[];
  readonly order: ReturnType<typeof parseOrder> | undefined;
}

/** @returns undefined for headers that no stage wrote */
export function parseLineage(headers: Headers): Lineage | undefined {
  const trigger = parsePlace(headers[lineageHeaders.trigger]);
  if (!trigger) return undefined;
  const joined = headers[lineageHeaders.joined]
    ?.split(",")
    .map((entry) => parseJoined(entry.slice(entry.indexOf(":") + 1)));
  const order = headers[lineageHeaders.order];
  return { trigger, joined: joined ?? [], order: order === undefined ? undefined : parseOrder(order) };
}

export const placeText = ({ topic, partition, offset }: Place): string => `${topic}/${partition}/${offset}`;

function parsePlace(text: string | undefined): Place | undefined {
  const [, topic, partition, offset] = /^(.+)\/(\d+)\/(\d+)$/.exec(text ?? "") ?? [];
  return topic === undefined ? undefined : { topic, partition: Number(partition), offset: Number(offset) };
}

function parseJoined(text: string): JoinedPlace {
  const [, from, end, done] = /^(\d+)~(\d+)(!?)$/.exec(text) ?? [];
  if (from === undefined || end === undefined) return { position: Number(text) };
  const isDone = done === "!";
  return { position: Number(isDone ? end : from), sorted: { from: Number(from), end: Number(end), isDone } };
}
