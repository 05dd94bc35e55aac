import type { StoredRecord } from "../runtime/kafka/types.js";

/** Records held while partitions of one topic are merged, from each: it bounds the memory. */
interface Cursor {
  readonly stream: AsyncIterator<StoredRecord[]>;
  buffer: StoredRecord[];
  at: number;
}

/** The records of several partitions by their time stamps; those of one partition stay in their order. */
export async function* mergeByTime(partitions: readonly AsyncIterable<StoredRecord[]>[]): AsyncGenerator<StoredRecord> {
  const cursors = partitions.map((records): Cursor => ({ stream: records[Symbol.asyncIterator](), buffer: [], at: 0 }));
  for (;;) {
    let best: { cursor: Cursor; record: StoredRecord } | undefined;
    for (const cursor of cursors) {
      const record = await head(cursor);
      if (record && (!best || record.timestamp < best.record.timestamp)) best = { cursor, record };
    }
    if (!best) return;
    best.cursor.at += 1;
    yield best.record;
  }
}

async function head(cursor: Cursor): Promise<StoredRecord | undefined> {
  while (cursor.at >= cursor.buffer.length) {
    const next = await cursor.stream.next();
    if (next.done) return undefined;
    cursor.buffer = next.value;
    cursor.at = 0;
  }
  return cursor.buffer[cursor.at];
}
