import type { NewRecord } from "./types.js";

/**
 * What of one partition goes into one request: it becomes one record batch, and the broker takes none above
 * `message.max.bytes` (1,048,588 by default; compression aside, which we do not use in transactions).
 */
const pieceBytes = 1_000_000;

/** Cuts records, in their order, into pieces that the broker takes. One record that is too large goes alone, to be refused. */
export function cutIntoPieces(records: readonly NewRecord[], limit = pieceBytes): (readonly NewRecord[])[] {
  const pieces: (readonly NewRecord[])[] = [];
  const sizes = new Map<string, number>();
  let start = 0;
  records.forEach((record, index) => {
    const partition = `${record.topic}/${record.partition}`;
    const size = (sizes.get(partition) ?? 0) + largestSize(record);
    if (size > limit && sizes.size > 0) {
      pieces.push(records.slice(start, index));
      start = index;
      sizes.clear();
      sizes.set(partition, largestSize(record));
    } else sizes.set(partition, size);
  });
  if (start < records.length) pieces.push(start === 0 ? records : records.slice(start));
  return pieces;
}

/** At least as many bytes as the record takes: a character has up to three, each length up to five. */
function largestSize({ key, value, headers }: NewRecord): number {
  let size = 30 + (key?.length ?? 0) * 3 + (value?.length ?? 0);
  if (headers) for (const name of Object.keys(headers)) size += 10 + (name.length + (headers[name]?.length ?? 0)) * 3;
  return size;
}
